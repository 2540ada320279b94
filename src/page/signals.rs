//! Signals, memos and effects of the page: Leptos' own, with one kind of value inside.
//!
//! Leptos' signals compile to code of their own for every type of value and every function of a memo, which was a sixth
//! of the page's weight. Here all of them hold the same kind of value; only the way in and out knows the type.
//!
//! Reading hands out a value that stays as it is, so that a signal may be changed while an earlier value is looked at.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use ::leptos::prelude::{self as leptos, Set as _, Update as _};
use wasm_bindgen::UnwrapThrowExt as _;

/// A value of any type.
type Held = Arc<dyn Any + Send + Sync>;
/// The work of a memo: takes the value before, gives the value and whether it is another.
type Work = Box<dyn Fn(Option<Held>) -> (Held, bool) + Send + Sync>;

/// What was put in and what is taken out have the type of the same signal.
fn seen<T: 'static>(held: &Held) -> &T {
    held.downcast_ref().unwrap_throw()
}

#[inline(never)]
fn memo(work: Work) -> leptos::Memo<Held> {
    leptos::Memo::new_owning(work)
}

/// Does something soon, and again after a signal that it read has changed, as long as the present owner lasts.
pub fn effect(act: impl FnMut() + 'static) {
    effect_boxed(Box::new(act));
}

#[inline(never)]
fn effect_boxed(mut act: Box<dyn FnMut()>) {
    leptos::Effect::new(move |_| act());
}

/// A value that can be followed.
pub struct Followed<T, S>(S, PhantomData<fn() -> T>);

/// A value that follows from signals, worked out when it is read and something has changed.
pub type Memo<T> = Followed<T, leptos::Memo<Held>>;

/// A value that can be changed.
pub type RwSignal<T> = Followed<T, leptos::RwSignal<Held>>;

impl<T, S: Copy> Clone for Followed<T, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, S: Copy> Copy for Followed<T, S> {}

impl<T, S> Followed<T, S>
where
    T: Send + Sync + 'static,
    S: leptos::Get<Value = Held> + leptos::GetUntracked<Value = Held>,
{
    /// Looks at the value and follows it.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(seen(&self.0.get()))
    }

    /// Looks at the value without following it.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(seen(&self.0.get_untracked()))
    }

    /// The value, followed.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// The value, not followed.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// The value, not followed, if there is still an owner that keeps it.
    pub fn try_get_untracked(self) -> Option<T>
    where
        T: Clone,
    {
        self.0
            .try_get_untracked()
            .map(|held| seen::<T>(&held).clone())
    }
}

impl<T: Send + Sync + 'static> Memo<T> {
    /// A memo that takes an equal value for no change.
    pub fn new(work: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self
    where
        T: PartialEq,
    {
        let work: Work = Box::new(move |before| {
            let now = work(before.as_ref().map(seen));
            match before {
                Some(before) if *seen::<T>(&before) == now => (before, false),
                _ => (Arc::new(now), true),
            }
        });
        Self(memo(work), PhantomData)
    }
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// A signal with its first value.
    pub fn new(value: T) -> Self {
        Self(signal(Arc::new(value)), PhantomData)
    }

    /// Puts another value in its place. Who follows it is told, even if it is equal.
    pub fn set(self, value: T) {
        put(self.0, Arc::new(value));
    }

    /// Changes the value and gives what the change gave, unless the signal is gone.
    pub fn try_update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R>
    where
        T: Clone,
    {
        let (mut change, mut result) = (Some(change), None);
        change_held(self.0, &mut |held| {
            // Somebody is looking at it: that value stays as it is.
            if Arc::get_mut(held).is_none() {
                *held = Arc::new(seen::<T>(held).clone());
            }
            let value = Arc::get_mut(held).and_then(|held| held.downcast_mut());
            if let (Some(value), Some(change)) = (value, change.take()) {
                result = Some(change(value));
            }
        });
        result
    }

    /// Changes the value.
    pub fn update(self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        self.try_update(change);
    }
}

#[inline(never)]
fn signal(held: Held) -> leptos::RwSignal<Held> {
    leptos::RwSignal::new(held)
}

#[inline(never)]
fn change_held(signal: leptos::RwSignal<Held>, change: &mut dyn FnMut(&mut Held)) {
    signal.try_update(|held| change(held));
}

#[inline(never)]
fn put(signal: leptos::RwSignal<Held>, held: Held) {
    signal.set(held);
}

//! What each name of a scenario means, so that none means two things.
//!
//! An expression has no way to say which of two things it means, and whoever reads it takes the one for the other.

use std::collections::BTreeMap;
use std::mem::discriminant;

use super::*;

/// Where the names of a scenario are declared, and which of them mean two things.
#[derive(Debug, Default)]
pub(super) struct Meanings {
    places: BTreeMap<String, Place>,
    /// Each with what it means first and then.
    twice: BTreeMap<String, (&'static str, &'static str)>,
}

impl Meanings {
    /// A name is declared here; names that begin with it, such as `a.awake`, are told here, too.
    pub(super) fn declared(&mut self, name: &str, place: Place) {
        let known = self.places.entry(name.to_owned()).or_insert(place);
        // Of two the later one is told.
        if known.start < place.start {
            *known = place;
        }
    }

    /// Where a name is declared, or what it begins with.
    pub(super) fn place(&self, name: &str) -> Option<Place> {
        let whose = || name.rsplit_once('.').map(|(whose, _)| whose);
        let exact = self.places.get(name);
        exact.or_else(|| self.places.get(whose()?)).copied()
    }

    /// A name means something else already.
    fn twice(&mut self, name: &str, first: &'static str, then: &'static str) {
        self.twice.entry(name.to_owned()).or_insert((first, then));
    }

    /// A fault for each name that means two things.
    pub(super) fn weigh(self, file: &mut Table<'_, '_>) {
        for (name, (first, then)) in &self.twice {
            let place = self.place(name).unwrap_or(file.place());
            let message = match first == then {
                true => format!("there are two things `{name}`: each is {first}"),
                false => format!("`{name}` means two things: {first} and {then}"),
            };
            let fault = Fault::new("duplicate_name", message, place);
            file.fault(fault.with_hint("rename one of them"));
        }
    }
}

impl Words {
    pub(super) fn add_world(&mut self, name: &str, kind: Kind, shown: Shown, meaning: WorldName) {
        let known = self.world.name(name);
        if let Some(before) = known.and_then(|(id, _)| self.world_names.get(id.index())) {
            let is_metric = matches!(meaning, WorldName::Metric(_));
            if is_metric || discriminant(before) != discriminant(&meaning) {
                self.meanings
                    .twice(name, of_world(*before), of_world(meaning));
            }
        }
        self.world.add_name(name, kind, shown);
        self.world_names.push(meaning);
    }

    pub(super) fn add_plan(&mut self, name: &str, kind: Kind, shown: Shown, meaning: PlanName) {
        let known = self.plan.name(name);
        // Two things of one kind and name are told where they are read.
        if let Some(before) = known.and_then(|(id, _)| self.plan_names.get(id.index()))
            && discriminant(before) != discriminant(&meaning)
        {
            self.meanings
                .twice(name, of_plan(*before), of_plan(meaning));
        }
        self.plan.add_name(name, kind, shown);
        self.plan_names.push(meaning);
    }
}

const fn of_world(meaning: WorldName) -> &'static str {
    match meaning {
        WorldName::Constant(_) => "a constant",
        WorldName::Column(_) => "a column of the phases",
        WorldName::Multiplier => "what the traffic levers come to",
        WorldName::Parameter(_) => "a parameter",
        WorldName::Progress(_) => "how far a recovery has come",
        WorldName::Metric(_) => "a metric",
        WorldName::Time => "the time since the start",
    }
}

const fn of_plan(meaning: PlanName) -> &'static str {
    match meaning {
        PlanName::Constant(_) => "a constant",
        PlanName::Parameter(_) => "a parameter",
        PlanName::Metric(_) => "a metric",
        PlanName::First(_) => "what was first observed of a metric",
        PlanName::Rule(_) => "a rule",
        PlanName::OnFor(_) => "how long a rule has been on",
        PlanName::OffFor(_) => "how long a rule has been off",
        PlanName::Awake(_) => "whether an endpoint is awake",
        PlanName::LastRun(_) => "how long ago an endpoint ran",
        PlanName::Runs(_) => "how often an endpoint ran",
        PlanName::Attempts(_) => "how often an endpoint ran in an incident",
        PlanName::InCooldown(_) => "whether an endpoint cools down",
        PlanName::Succeeded(_) => "whether an endpoint succeeded",
        PlanName::Finding(_) => "whether an endpoint found something",
        PlanName::IncidentOpen => "whether the incident is open",
        PlanName::IncidentAge => "the age of the incident",
        PlanName::Time => "the time since the start",
        PlanName::TimeOfDay => "the time of day",
    }
}

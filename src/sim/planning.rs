//! Who calls the tools: small enough to be there where no own planner ever is.

/// Who calls the tools in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Planning {
    /// The scenario's rules.
    #[default]
    Rules,
    /// An own planner in their place; the rules go on and off, but make no calls.
    #[cfg(feature = "planner")]
    Own,
    /// The rules, and after them an own planner.
    #[cfg(feature = "planner")]
    Both,
}

impl Planning {
    /// Whether the scenario's rules call tools.
    #[must_use]
    pub const fn rules_call(self) -> bool {
        match self {
            Self::Rules => true,
            #[cfg(feature = "planner")]
            Self::Own => false,
            #[cfg(feature = "planner")]
            Self::Both => true,
        }
    }

    /// Whether an own planner is asked.
    #[must_use]
    pub const fn asks(self) -> bool {
        match self {
            Self::Rules => false,
            #[cfg(feature = "planner")]
            Self::Own | Self::Both => true,
        }
    }
}

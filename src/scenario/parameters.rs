//! Everything about a scenario that can be changed from outside, by one set of names for all doors.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Scenario;
use crate::diagnostic;
use crate::order;
use crate::rule::{self, Shown, Unit, Vocabulary};
use crate::schedule::EndpointId;
use crate::time;

/// What a parameter changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// Traffic of the whole run, as a multiple.
    Traffic,
    /// Traffic of one phase, as a multiple.
    PhaseTraffic(usize),
    /// Strength of a recovery, as a multiple.
    Effectiveness(EndpointId),
    /// How long a recovery takes to begin to work.
    Delay(EndpointId),
    /// Whether a recovery fails.
    Fails(EndpointId),
    /// Interval of a baseline.
    Every(EndpointId),
    /// Smallest gap.
    Min(EndpointId),
    /// Largest gap.
    Max(EndpointId),
    /// Cooldown.
    Cooldown(EndpointId),
    /// A number that the scenario's own rules use.
    Threshold,
    /// The seed of all random numbers.
    Seed,
    /// Standard deviation of observations, as a share of the value.
    Noise,
}

/// How a parameter's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// `true` or `false`.
    Truth,
    /// A whole number.
    Whole,
    /// A number with a unit.
    Number(Unit),
}

/// Something that can be changed from outside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it changes.
    pub purpose: Purpose,
    /// How its value is written.
    pub form: Form,
    /// How its value is shown.
    pub shown: Shown,
    /// Smallest value.
    pub from: f64,
    /// Largest value.
    pub to: f64,
    /// The value where nothing else is said.
    pub default: f64,
    /// What it is, in words.
    pub text: String,
}

impl Parameter {
    /// A value as people read it.
    #[must_use]
    pub fn written(&self, value: f64) -> String {
        match self.form {
            Form::Truth => (value != 0.0).to_string(),
            Form::Whole => rule::rounded(value, 0).to_string(),
            Form::Number(_) => rule::shown_value(value, self.shown),
        }
    }

    /// Reads a value as people write it.
    ///
    /// # Errors
    /// [`ParameterError`] when the text is not a value of this parameter or lies outside its range.
    pub fn read(&self, text: &str) -> Result<f64, ParameterError> {
        let text = text.trim();
        let malformed = || self.malformed(text);
        let value = match self.form {
            Form::Truth => match text {
                "true" => 1.0,
                "false" => 0.0,
                _ => return Err(malformed()),
            },
            Form::Whole => text
                .parse::<u32>()
                .map(f64::from)
                .map_err(|_| malformed())?,
            Form::Number(unit) => rule::quantity(text, unit).ok_or_else(malformed)?,
        };
        if !value.is_finite() {
            return Err(malformed());
        }
        self.checked(value)
    }

    /// Reads a value that is given as a number: durations in milliseconds, rates a minute.
    ///
    /// # Errors
    /// [`ParameterError`] when the number is not a value of this parameter or lies outside its range.
    pub fn read_number(&self, value: f64) -> Result<f64, ParameterError> {
        let fits = match self.form {
            Form::Truth => false,
            Form::Whole => value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value),
            Form::Number(_) => value.is_finite(),
        };
        if !fits {
            return Err(self.malformed(&value.to_string()));
        }
        self.checked(value)
    }

    /// Reads a value that is given as true or false.
    ///
    /// # Errors
    /// [`ParameterError::Malformed`] when this parameter is a number.
    pub fn read_truth(&self, value: bool) -> Result<f64, ParameterError> {
        match self.form {
            Form::Truth => Ok(f64::from(u8::from(value))),
            Form::Whole | Form::Number(_) => Err(self.malformed(&value.to_string())),
        }
    }

    fn malformed(&self, text: &str) -> ParameterError {
        ParameterError::Malformed(self.name.clone(), text.to_owned(), self.example())
    }

    /// The value, if it lies within the range.
    ///
    /// # Errors
    /// [`ParameterError::OutOfRange`].
    pub fn checked(&self, value: f64) -> Result<f64, ParameterError> {
        if value >= self.from && value <= self.to {
            return Ok(value);
        }
        let range = (self.written(self.from), self.written(self.to));
        Err(ParameterError::OutOfRange(
            self.name.clone(),
            self.written(value),
            range.0,
            range.1,
        ))
    }

    fn example(&self) -> &'static str {
        match self.form {
            Form::Truth => "`true` or `false`",
            Form::Whole => "a whole number such as `7`",
            Form::Number(Unit::DURATION) => "a duration such as `500ms`, `30s`, `7min` or `2h`",
            Form::Number(Unit::RATE) => "a rate such as `3500/min`",
            Form::Number(_) => "a number such as `1.5`",
        }
    }
}

/// Why a parameter cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterError {
    /// No parameter of that name; the nearest one that exists.
    Unknown(String, Option<String>),
    /// A text that is not a value: name, text, what is expected.
    Malformed(String, String, &'static str),
    /// A value outside the range: name, value, from, to.
    OutOfRange(String, String, String, String),
    /// The smallest gap of an endpoint would be larger than its largest.
    MinOverMax(String),
}

impl ParameterError {
    /// A short name that programs may rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(..) => "unknown_parameter",
            Self::Malformed(..) => "malformed_value",
            Self::OutOfRange(..) => "out_of_range",
            Self::MinOverMax(_) => "min_over_max",
        }
    }
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name, nearest) => {
                write!(f, "unknown parameter `{name}`")?;
                match nearest {
                    Some(nearest) => write!(f, ", did you mean `{nearest}`?"),
                    None => f.write_str("; --list-parameters shows all of them"),
                }
            }
            Self::Malformed(name, text, expected) => match time::too_long(text) {
                Some(told) => write!(f, "`{name}` cannot be set: {told}"),
                None => write!(f, "`{name}` cannot be `{text}`: write {expected}"),
            },
            Self::OutOfRange(name, value, from, to) => {
                write!(f, "`{name}` cannot be {value}: it goes from {from} to {to}")
            }
            Self::MinOverMax(endpoint) => {
                write!(
                    f,
                    "`{endpoint}.min` would be larger than `{endpoint}.max`; lower the one or raise the other"
                )
            }
        }
    }
}

impl std::error::Error for ParameterError {}

/// A value for each parameter of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    values: Vec<f64>,
}

impl Parameters {
    /// The defaults.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            values: scenario
                .parameters
                .iter()
                .map(|parameter| parameter.default)
                .collect(),
        }
    }

    /// The value of a parameter by its number; unknown for a number that does not exist.
    #[must_use]
    pub fn get(&self, index: usize) -> f64 {
        self.values.get(index).copied().unwrap_or(f64::NAN)
    }

    /// All values, in the order of the scenario's parameters.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The parameters that had these values; nothing if they are none of this scenario.
    #[must_use]
    pub fn from_values(scenario: &Scenario, values: Vec<f64>) -> Option<Self> {
        let all = scenario.parameters.iter().zip(&values);
        let mut all = all.map(|(parameter, value)| parameter.checked(*value));
        let known = values.len() == scenario.parameters.len();
        (known && all.all(|checked| checked.is_ok())).then_some(Self { values })
    }

    /// Sets a parameter by its number.
    ///
    /// # Errors
    /// [`ParameterError`] when the value lies outside the parameter's range or contradicts another.
    pub fn set(
        &mut self,
        scenario: &Scenario,
        index: usize,
        value: f64,
    ) -> Result<(), ParameterError> {
        let (Some(parameter), Some(place)) =
            (scenario.parameters.get(index), self.values.get_mut(index))
        else {
            return Err(ParameterError::Unknown(format!("#{index}"), None));
        };
        let before = std::mem::replace(place, parameter.checked(value)?);
        if let Purpose::Min(endpoint) | Purpose::Max(endpoint) = parameter.purpose
            && self.of(scenario, Purpose::Min(endpoint)) > self.of(scenario, Purpose::Max(endpoint))
        {
            if let Some(place) = self.values.get_mut(index) {
                *place = before;
            }
            let name = scenario
                .endpoints
                .get(endpoint.index())
                .map(|e| e.id.clone());
            return Err(ParameterError::MinOverMax(name.unwrap_or_default()));
        }
        Ok(())
    }

    /// Sets many parameters by their numbers, in whichever order they can be set: a smallest gap that is over the
    /// largest only until that one is set, too, is no fault. Gives what cannot be set, with its place in the list.
    pub fn set_all(
        &mut self,
        scenario: &Scenario,
        values: &[(usize, f64)],
    ) -> Vec<(usize, ParameterError)> {
        let mut faults = Vec::new();
        let mut again = Vec::new();
        for (place, &(index, value)) in values.iter().enumerate() {
            match self.set(scenario, index, value) {
                Err(ParameterError::MinOverMax(_)) => again.push((place, index, value)),
                Err(fault) => faults.push((place, fault)),
                Ok(()) => {}
            }
        }
        for (place, index, value) in again {
            if let Err(fault) = self.set(scenario, index, value) {
                faults.push((place, fault));
            }
        }
        faults
    }

    /// Sets what was read of somebody's own list, of repeated parameters the last. Gives every fault, in the order of
    /// the list; without faults all are set, and with them some may be.
    pub fn set_read(
        &mut self,
        scenario: &Scenario,
        read: impl IntoIterator<Item = Result<(usize, f64), ParameterError>>,
    ) -> Vec<ParameterError> {
        let mut faults = Vec::new();
        let mut places = Vec::new();
        let mut values: Vec<(usize, f64)> = Vec::new();
        for (place, read) in read.into_iter().enumerate() {
            match read {
                Err(fault) => faults.push((place, fault)),
                Ok((index, value)) => match values.iter().position(|(known, _)| *known == index) {
                    Some(before) => {
                        if let (Some(set), Some(at)) =
                            (values.get_mut(before), places.get_mut(before))
                        {
                            *set = (index, value);
                            *at = place;
                        }
                    }
                    None => {
                        values.push((index, value));
                        places.push(place);
                    }
                },
            }
        }
        for (number, fault) in self.set_all(scenario, &values) {
            faults.push((places.get(number).copied().unwrap_or(usize::MAX), fault));
        }
        order::by_key(&mut faults, |(place, _)| (*place as i64, 0));
        faults.into_iter().map(|(_, fault)| fault).collect()
    }

    /// Sets a parameter by name, from text.
    ///
    /// ```
    /// use accelerando::scenario::{FLASH_SALE, ParameterError, Parameters, Scenario};
    ///
    /// let scenario = Scenario::parse(FLASH_SALE).expect("it ships with the crate");
    /// let mut parameters = Parameters::new(&scenario);
    /// parameters.set_text(&scenario, "traffic_monitor.every", "90s")?;
    /// let (every, _) = scenario.known_parameter("traffic_monitor.every")?;
    /// assert_eq!(parameters.get(every), 90_000.0);
    /// assert!(parameters.set_text(&scenario, "trafic", "2").is_err());
    /// # Ok::<(), ParameterError>(())
    /// ```
    ///
    /// # Errors
    /// [`ParameterError`] when there is no such parameter, or its value is malformed or outside its range.
    pub fn set_text(
        &mut self,
        scenario: &Scenario,
        name: &str,
        text: &str,
    ) -> Result<(), ParameterError> {
        let (index, parameter) = scenario.known_parameter(name)?;
        self.set(scenario, index, parameter.read(text)?)
    }

    /// The value of the parameter with this purpose; unknown if there is none.
    #[must_use]
    pub fn of(&self, scenario: &Scenario, purpose: Purpose) -> f64 {
        let index = scenario
            .parameters
            .iter()
            .position(|parameter| parameter.purpose == purpose);
        index.map_or(f64::NAN, |index| self.get(index))
    }
}

impl Scenario {
    /// The parameter of that name, and its number.
    ///
    /// # Errors
    /// [`ParameterError::Unknown`].
    pub fn known_parameter(&self, name: &str) -> Result<(usize, &Parameter), ParameterError> {
        let mut all = self.parameters.iter().enumerate();
        all.find(|(_, parameter)| parameter.name == name)
            .ok_or_else(|| {
                let known = self.parameters.iter().map(|known| known.name.as_str());
                let nearest = diagnostic::nearest(name, known).map(str::to_owned);
                ParameterError::Unknown(name.to_owned(), nearest)
            })
    }

    /// The number of the parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters
            .iter()
            .position(|parameter| parameter.name == name)
    }
}

/// A parameter that every scenario or endpoint has.
pub(super) fn built_in(
    name: impl Into<String>,
    purpose: Purpose,
    (form, shown): (Form, Shown),
    (from, to, default): (f64, f64, f64),
    text: impl Into<String>,
) -> Parameter {
    Parameter {
        name: name.into(),
        purpose,
        form,
        shown,
        from,
        to,
        default,
        text: text.into(),
    }
}

/// A vocabulary without names, for constants.
pub(super) fn no_names() -> Vocabulary {
    Vocabulary::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Scenario {
        Scenario::parse(crate::scenario::FLASH_SALE).expect("it is well-formed")
    }

    fn number(scenario: &Scenario, name: &str) -> usize {
        scenario.parameter(name).expect("it exists")
    }

    #[test]
    fn gaps_that_contradict_each_other_only_on_the_way_are_set_in_any_order() {
        let scenario = scenario();
        let min = (number(&scenario, "traffic_monitor.min"), 1_200_000.0);
        let max = (number(&scenario, "traffic_monitor.max"), 1_800_000.0);
        for order in [[min, max], [max, min]] {
            let mut parameters = Parameters::new(&scenario);
            assert_eq!(parameters.set_all(&scenario, &order), []);
            assert_eq!(parameters.get(min.0), min.1);
        }
        // Down again, below the smallest gap of before.
        let (min, max) = ((min.0, 5_000.0), (max.0, 10_000.0));
        for order in [[min, max], [max, min]] {
            let mut parameters = Parameters::new(&scenario);
            assert_eq!(parameters.set_all(&scenario, &order), []);
        }
        let mut parameters = Parameters::new(&scenario);
        let traffic = (number(&scenario, "traffic"), 99.0);
        let faults = parameters.set_all(&scenario, &[(min.0, 1_200_000.0), traffic]);
        let codes: Vec<_> = faults
            .iter()
            .map(|(place, fault)| (*place, fault.code()))
            .collect();
        assert_eq!(codes, [(1, "out_of_range"), (0, "min_over_max")]);
    }

    #[test]
    fn numbers_and_truths_are_read_as_what_they_are() {
        let scenario = scenario();
        let parameter = |name: &str| scenario.known_parameter(name).expect("it exists").1;
        let code = |read: Result<f64, ParameterError>| read.map_err(|fault| fault.code());
        let cases = [
            ("traffic", 2.0, Ok(2.0)),
            ("traffic", 5.5, Err("out_of_range")),
            ("traffic", f64::NAN, Err("malformed_value")),
            ("traffic", f64::NEG_INFINITY, Err("malformed_value")),
            ("seed", 7.0, Ok(7.0)),
            ("seed", 7.5, Err("malformed_value")),
            ("seed", -1.0, Err("malformed_value")),
            ("seed", 1e18, Err("malformed_value")),
            ("traffic_monitor.every", 90_000.0, Ok(90_000.0)),
            ("cache_warm_up.fails", 1.0, Err("malformed_value")),
        ];
        for (name, value, wanted) in cases {
            assert_eq!(
                code(parameter(name).read_number(value)),
                wanted,
                "{name} {value}"
            );
        }
        assert_eq!(
            code(parameter("cache_warm_up.fails").read_truth(true)),
            Ok(1.0)
        );
        assert_eq!(
            code(parameter("traffic").read_truth(true)),
            Err("malformed_value")
        );
    }
}

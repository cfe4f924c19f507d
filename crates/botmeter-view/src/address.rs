//! What is chosen in the address of a page.

use std::{collections::BTreeMap, error, fmt, time::Duration};

use botmeter_window::Chosen;

/// What the query string of a page chooses.
///
/// `range` is a number of seconds, `end` a moment in milliseconds at which the
/// page stands still, and `dashboard` the one that is shown; each other key is
/// a label.
///
/// ```
/// use std::time::Duration;
///
/// use botmeter_view::Address;
///
/// let address = Address::read("range=3600&job=mail&model=large&model=small")?;
/// assert_eq!(address.range, Some(Duration::from_secs(3600)));
/// assert!(address.chosen.has("model", "large"));
/// let frozen = Address { end: Some(1_795_271_405_000), ..address };
/// let query = frozen.to_string();
/// assert_eq!(query, "range=3600&end=1795271405000&job=mail&model=large&model=small");
/// assert_eq!(Address::read(&query)?, frozen);
/// assert!(Address::read("range=soon").is_err());
/// # Ok::<(), botmeter_view::BadAddress>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Which dashboard is shown.
    pub dashboard: Option<String>,
    /// How much is shown.
    pub range: Option<Duration>,
    /// When the page stands still, in milliseconds; it moves if it is none.
    pub end: Option<i64>,
    /// Which label values are chosen.
    pub chosen: Chosen,
}

/// A part of an address that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadAddress {
    key: &'static str,
    value: String,
    /// What could stand there.
    wanted: &'static str,
}

/// Nobody looks at more, and times beyond it have no date.
const LONGEST: u64 = 366 * 24 * 3600;

impl Address {
    /// Reads a query string. What a page is asked beside it, such as `panel`,
    /// is to be taken out before.
    ///
    /// # Errors
    ///
    /// If `range` or `end` is no number that makes sense.
    pub fn read(query: &str) -> Result<Self, BadAddress> {
        Self::of(form_urlencoded::parse(query.as_bytes()))
    }

    /// The same of keys and values.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn of<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, BadAddress>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let mut address = Self::default();
        let mut labels: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in pairs {
            let value = value.as_ref();
            match key.as_ref() {
                // A form sends what is left empty, too.
                _ if value.is_empty() => {}
                "dashboard" => address.dashboard = Some(value.to_owned()),
                "range" => {
                    let seconds = value.parse().ok().filter(|range| (1..=LONGEST).contains(range));
                    let seconds = seconds.ok_or_else(|| BadAddress {
                        key: "range",
                        value: value.to_owned(),
                        wanted: "a number of seconds, such as 3600",
                    })?;
                    address.range = Some(Duration::from_secs(seconds));
                }
                "end" => {
                    let end = value.parse().ok().filter(|end| (0..=i64::MAX / 4).contains(end));
                    address.end = Some(end.ok_or_else(|| BadAddress {
                        key: "end",
                        value: value.to_owned(),
                        wanted: "milliseconds since 1970",
                    })?);
                }
                label => labels.entry(label.to_owned()).or_default().push(value.to_owned()),
            }
        }
        for (label, values) in labels {
            address.chosen = address.chosen.only(label, values);
        }
        Ok(address)
    }

    /// The same for another dashboard.
    pub(crate) fn to_dashboard(&self, uid: &str) -> Self {
        Self { dashboard: Some(uid.to_owned()), ..self.clone() }
    }

    /// A page of this path, with one thing more that is asked for.
    pub(crate) fn asking(&self, path: &str, key: &str, value: &str) -> String {
        let own = self.pairs().into_iter();
        let pairs = own.chain([(key.to_owned(), value.to_owned())]);
        format!(
            "{path}?{}",
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
        )
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let range = self.range.map(|range| range.as_secs().to_string());
        let own = [
            ("dashboard", self.dashboard.clone()),
            ("range", range),
            ("end", self.end.map(|end| end.to_string())),
        ];
        let own = own.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let labels = self.chosen.pairs().map(|(key, value)| (key.to_owned(), value.to_owned()));
        own.chain(labels).collect()
    }
}

/// As a query string.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut query = form_urlencoded::Serializer::new(String::new());
        f.write_str(&query.extend_pairs(self.pairs()).finish())
    }
}

impl fmt::Display for BadAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, wanted } = self;
        write!(f, "show {key}={value:?}: give {wanted}")
    }
}

impl error::Error for BadAddress {}

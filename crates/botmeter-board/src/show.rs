//! How numbers are shown.

use crate::Text;

/// What a number is, and so how panels and alerts write it.
///
/// Each is a unit that Grafana and its dashboard linter both know, but for
/// those of one's own, which Grafana is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// A plain number.
    Count,
    /// A number per second.
    PerSecond,
    /// Requests per second.
    RequestsPerSecond,
    /// A number per minute.
    PerMinute,
    /// A duration.
    Seconds,
    /// A size.
    Bytes,
    /// A share between 0 and 1.
    Ratio,
    /// US dollars.
    Dollars,
    /// A unit of one's own.
    Own(OwnUnit),
}

/// A unit of one's own, for Grafana, for texts of alerts, and for pages
/// without Grafana.
///
/// The functions are for literals, in constants, too; a text that was made from
/// data goes into the variant: `OwnUnit::Counted(word.into())`.
///
/// ```
/// use botmeter_board::{OwnUnit, Panel, Show, rate};
/// # use botmeter_core::{Counter, Instrument, Unit};
/// # static SENT: Instrument<Counter, ()> =
/// #     Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
///
/// const MAILS: Show = Show::Own(OwnUnit::counted("mails/h"));
///
/// let panel = Panel::time_series("Mails", "Mails sent per hour. None means stuck.", MAILS)
///     .draw(rate(&SENT).all().per_hour());
/// assert_eq!(panel.show, MAILS);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnUnit {
    /// So many of these, with a word behind: `1.2K mails`.
    Counted(Text),
    /// Money, with the sign of its currency in front: `€1.2K`.
    Money(Text),
    /// A unit that Grafana has and [`Show`] does not.
    Grafana {
        /// Grafana's name of it, such as `watt`.
        id: Text,
        /// What stands behind the number where there is no Grafana, such as
        /// `W`.
        text: Text,
    },
}

impl Show {
    /// Whether the value can be said to be zero when there is no series.
    /// Without a request, there is no share of failures and no latency, but
    /// there are zero requests.
    pub const fn is_zero_without_data(&self) -> bool {
        // Nobody knows of a unit of Grafana's whether it counts or measures.
        !matches!(self, Self::Ratio | Self::Seconds | Self::Own(OwnUnit::Grafana { .. }))
    }
}

impl OwnUnit {
    /// So many of these, with a word behind: `1.2K mails`.
    pub const fn counted(word: &'static str) -> Self {
        Self::Counted(Text::Borrowed(word))
    }

    /// Money, with the sign of its currency in front: `€1.2K`.
    pub const fn money(sign: &'static str) -> Self {
        Self::Money(Text::Borrowed(sign))
    }

    /// A unit that Grafana has and [`Show`] does not: Grafana's name of it, and
    /// what stands behind the number where there is no Grafana.
    pub const fn grafana(id: &'static str, text: &'static str) -> Self {
        Self::Grafana { id: Text::Borrowed(id), text: Text::Borrowed(text) }
    }
}

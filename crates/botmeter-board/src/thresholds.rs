//! The limits of a board in one place, to be changed by whoever draws it.

/// A struct with the limits of a board: each with what it is, its number and
/// the reason for that number, all said once.
///
/// The struct is `#[non_exhaustive]`, its [`Default`] has the limits that are
/// listed, and the documentation of each field ends with them. A board that is
/// made from it has these limits in its alerts, its objectives and the panels
/// that show them, and whoever draws it may take others:
///
/// ```
/// use std::time::Duration;
///
/// use botmeter_board::{Alert, Example, Limit, Severity, Show, last, said, thresholds};
/// # use botmeter_core::{Gauge, Instrument, Unit};
/// # static WAITING: Instrument<Gauge, ()> =
/// #     Instrument::gauge("mail.waiting", Unit::of("{mail}"), "Mails that wait.");
///
/// thresholds! {
///     /// At which numbers mail stops being well.
///     pub struct MailThresholds {
///         /// How many mails may wait.
///         pub waiting: Limit = Limit::new(100.0, "the server sends as many in ten minutes"),
///     }
/// }
///
/// fn mail_waits(of: &MailThresholds) -> Alert {
///     let waits = |mails| Example::after(Duration::from_mins(20)).holds(&WAITING, (), mails);
///     // The examples follow the limit, so they test any other as well.
///     let many = of.waiting.value + 1.0;
///     Alert::new("MailWaits", Severity::Warning, last(&WAITING).all().above(&of.waiting))
///         .says("Mail waits.", "{value} mails of {job} wait.", Show::Count)
///         .runbook(&["Look at the server's log."])
///         .panel("Waiting")
///         .tested(waits(many).fires::<()>((), said(Show::Count, many)), waits(many - 1.0))
/// }
///
/// let mut own = MailThresholds::default();
/// assert_eq!(mail_waits(&own).when.limits[0].1.value, 100.0);
/// own.waiting = Limit::new(5000.0, "the newsletter goes out on Mondays");
/// assert_eq!(mail_waits(&own).fires.shown, "5.001k");
/// ```
///
/// A limit that makes no sense, such as a share above 1, is refused by the
/// generator, which names the alert and what would be possible.
#[macro_export]
macro_rules! thresholds {
    (
        $(#[$about:meta])*
        $visible:vis struct $Thresholds:ident {
            $(
                $(#[$what:meta])*
                pub $limit:ident: Limit = Limit::new($value:expr, $reason:literal $(,)?)
            ),+ $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        $visible struct $Thresholds {
            $(
                $(#[$what])*
                #[doc = concat!("\n\nBy default ", stringify!($value), ": ", $reason, ".")]
                pub $limit: $crate::Limit,
            )+
        }

        impl ::core::default::Default for $Thresholds {
            fn default() -> Self {
                Self { $($limit: $crate::Limit::new($value, $reason),)+ }
            }
        }
    };
}

//! Times as people read them.

use std::time::Duration;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How a picture writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// By the clock, so many minutes east of UTC.
    Wall {
        /// 0 for UTC itself.
        east: i32,
    },
    /// Since time zero: for what never happened, such as examples.
    Elapsed,
}

impl Clock {
    /// A time in milliseconds: `2026-11-21 14:30:05`, with the distance from
    /// UTC, or `+12 min 30 s`.
    ///
    /// ```
    /// use botmeter_view::Clock;
    ///
    /// assert_eq!(Clock::Wall { east: 0 }.text(1_795_271_405_000), "2026-11-21 14:30:05 UTC");
    /// let india = Clock::Wall { east: 330 };
    /// assert_eq!(india.text(1_795_271_405_000), "2026-11-21 20:00:05 +05:30");
    /// assert_eq!(Clock::Elapsed.text(750_000), "+12 min 30 s");
    /// ```
    pub fn text(self, at: i64) -> String {
        match self {
            Self::Elapsed => format!("+{}", length(at)),
            Self::Wall { east } => {
                let local = at + self.shift();
                let seconds = local.rem_euclid(MINUTE) / 1000;
                let (date, time) = (date(local), time(local));
                format!("{date} {time}:{seconds:02} {}", zone(east))
            }
        }
    }

    /// The marks of an axis of time, some four to eight.
    pub(crate) fn marks(self, from: i64, to: i64) -> Vec<(i64, String)> {
        const STEPS: [i64; 19] = [
            1000,
            5000,
            15_000,
            30_000,
            MINUTE,
            2 * MINUTE,
            5 * MINUTE,
            10 * MINUTE,
            15 * MINUTE,
            30 * MINUTE,
            HOUR,
            2 * HOUR,
            3 * HOUR,
            6 * HOUR,
            12 * HOUR,
            DAY,
            2 * DAY,
            7 * DAY,
            28 * DAY,
        ];
        let length = (to - from).max(1);
        let fits = |step: &&i64| length / **step <= 8;
        let step = STEPS.iter().find(fits).copied().unwrap_or(length / 4).max(1);
        let shift = self.shift();
        let first = (from + shift).div_euclid(step) * step - shift;
        let marks = (0..).map(|count| first + count * step).skip_while(|at| *at < from);
        let marks = marks.take_while(|at| *at <= to);
        marks.map(|at| (at, self.mark(at, step))).collect()
    }

    fn mark(self, at: i64, step: i64) -> String {
        let local = at + self.shift();
        match self {
            Self::Elapsed => length_of(at),
            Self::Wall { .. } if step >= DAY => date(local)[5..].to_owned(),
            Self::Wall { .. } if local.rem_euclid(DAY) == 0 => date(local)[5..].to_owned(),
            Self::Wall { .. } if step < MINUTE => {
                format!("{}:{:02}", time(local), local.rem_euclid(MINUTE) / 1000)
            }
            Self::Wall { .. } => time(local),
        }
    }

    fn shift(self) -> i64 {
        match self {
            Self::Wall { east } => i64::from(east) * MINUTE,
            Self::Elapsed => 0,
        }
    }
}

/// A length in milliseconds in its two largest units: `3 h 12 min`, `14 min`.
pub(crate) fn length(milliseconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let seconds = milliseconds.max(0) / 1000;
    let at = UNITS.iter().position(|(size, _)| seconds >= *size).unwrap_or(3);
    let (size, unit) = UNITS[at];
    let text = format!("{} {unit}", seconds / size);
    match UNITS.get(at + 1) {
        Some((smaller, unit)) if seconds % size / smaller > 0 => {
            format!("{text} {} {unit}", seconds % size / smaller)
        }
        _ => text,
    }
}

/// The same for a duration.
pub(crate) fn length_of_duration(of: Duration) -> String {
    length(i64::try_from(of.as_millis()).unwrap_or(i64::MAX))
}

fn length_of(at: i64) -> String {
    if at == 0 { "0".to_owned() } else { length(at) }
}

fn time(local: i64) -> String {
    let minutes = local.rem_euclid(DAY) / MINUTE;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn zone(east: i32) -> String {
    if east == 0 {
        return "UTC".to_owned();
    }
    let sign = if east < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", east.abs() / 60, east.abs() % 60)
}

/// The day of the Gregorian calendar. Years are counted from March on, so that
/// the day that leap years have more is the last one.
fn date(local: i64) -> String {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let days = local.div_euclid(DAY) + 719_468;
    let (era, day) = (days.div_euclid(DAYS_OF_400_YEARS), days.rem_euclid(DAYS_OF_400_YEARS));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + later)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UTC: Clock = Clock::Wall { east: 0 };

    #[test]
    fn days_are_those_of_the_calendar() {
        let cases = [
            (0, "1970-01-01"),
            (951_782_400_000, "2000-02-29"),
            (951_868_800_000, "2000-03-01"),
            (4_107_542_400_000, "2100-03-01"),
            (-1, "1969-12-31"),
            (1_795_219_200_000, "2026-11-21"),
        ];
        for (at, expected) in cases {
            assert_eq!(date(at), expected, "{at}");
        }
    }

    #[test]
    fn marks_stand_at_round_times_of_the_clock_that_is_shown() {
        let texts = |clock: Clock, length: i64| {
            let to = 1_795_271_405_000;
            let marks = clock.marks(to - length, to).into_iter();
            marks.map(|(_, text)| text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(texts(UTC, HOUR), "13:40 13:50 14:00 14:10 14:20 14:30");
        assert_eq!(texts(UTC, MINUTE), "14:29:15 14:29:30 14:29:45 14:30:00");
        assert_eq!(texts(UTC, DAY), "15:00 18:00 21:00 11-21 03:00 06:00 09:00 12:00");
        let nepal = Clock::Wall { east: 345 };
        assert_eq!(texts(nepal, 6 * HOUR), "15:00 16:00 17:00 18:00 19:00 20:00");
        assert_eq!(texts(UTC, 30 * DAY), "10-29 11-05 11-12 11-19");
        let marks = Clock::Elapsed.marks(0, 30 * MINUTE);
        let texts: Vec<_> = marks.into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["0", "5 min", "10 min", "15 min", "20 min", "25 min", "30 min"]);
    }

    #[test]
    fn lengths_have_two_units() {
        let cases = [
            (0, "0 s"),
            (45_000, "45 s"),
            (840_000, "14 min"),
            (845_000, "14 min 5 s"),
            (11_520_000, "3 h 12 min"),
            (90_000_000, "1 d 1 h"),
        ];
        for (of, expected) in cases {
            assert_eq!(length(of), expected, "{of}");
        }
    }
}

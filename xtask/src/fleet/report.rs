//! What was measured, beside what the guide says.

use std::{fmt::Write as _, time::Duration};

use anyhow::{Result, ensure};

use super::{
    asking::Board,
    guide::{self, Guide},
    stores::Reading,
};

/// Seconds between two scrapes, as in the stack.
const INTERVAL: f64 = 15.0;

/// How many receivers have the same series.
const COPIES: f64 = 2.0;

const SAMPLES: &str = "prometheus_tsdb_head_samples_appended_total";
const MEMORY: &str = "process_resident_memory_bytes";
const PROCESSOR: &str = "process_cpu_seconds_total";

/// Everything about one run.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) bots: f64,
    /// Of all bots, and as many as the guide says.
    pub(super) series: f64,
    pub(super) said: f64,
    /// Without bots, at the begin and the end of the time that is measured, and
    /// after the dashboards were asked for.
    pub(super) before: &'a Reading,
    pub(super) first: &'a Reading,
    pub(super) last: &'a Reading,
    pub(super) after: &'a Reading,
    /// What this process used of a core in that time, in seconds.
    pub(super) own: f64,
    pub(super) boards: &'a [Board],
    pub(super) guide: &'a Guide,
}

impl Report<'_> {
    /// The tables, in Markdown.
    pub(super) fn table(&self) -> Result<String> {
        let mut text =
            String::from("\n| What | Measured | Guide | Ratio |\n| --- | ---: | ---: | ---: |\n");
        let time = self.time();
        ensure!(time > 1.0, "{time:.1} s are too short to measure anything");
        row(&mut text, "bots", &number(self.bots), None);
        let said = Some((self.said, number(self.said), self.series));
        row(&mut text, "their series", &number(self.series), said);
        self.samples(&mut text);
        self.memory(&mut text)?;
        self.processors(&mut text)?;
        self.rules(&mut text);
        self.questions(&mut text);
        let _written = write!(text, "\nMeasured for {time:.0} s.");
        Ok(text)
    }

    fn time(&self) -> f64 {
        (self.last.at - self.first.at).as_secs_f64()
    }

    /// How much a counter of the servers grew in a second.
    fn rate(&self, servers: &str, name: &str) -> f64 {
        (self.last.sum(servers, name) - self.first.sum(servers, name)) / self.time()
    }

    fn samples(&self, text: &mut String) {
        // Prometheus and Jaeger are scraped, too.
        let series = self.last.sum("prometheus", "prometheus_tsdb_head_series");
        row(text, "series at Prometheus, with those of the servers", &number(series), None);
        let expected = series / INTERVAL;
        let scraped = self.rate("prometheus", SAMPLES);
        let what = "samples each second at Prometheus";
        row(text, what, &number(scraped), Some((expected, number(expected), scraped)));
        let (received, copies) = (self.rate("receiver", SAMPLES), COPIES * expected);
        let what = "the same at the three receivers, two copies";
        row(text, what, &number(received), Some((copies, number(copies), received)));
        let sum = |name| self.last.sum("prometheus", name);
        let lost = sum("prometheus_remote_storage_samples_failed_total")
            + sum("prometheus_remote_storage_samples_dropped_total");
        row(text, "samples that were not handed on", &number(lost), None);
        let behind = sum("prometheus_remote_storage_queue_highest_timestamp_seconds")
            - sum("prometheus_remote_storage_queue_highest_sent_timestamp_seconds");
        row(text, "what is still to be handed on", &format!("{behind:.0} s"), None);
    }

    fn memory(&self, text: &mut String) -> Result<()> {
        let mut sums = 0.0;
        for (servers, figure) in [
            ("prometheus", Some(guide::PROMETHEUS)),
            ("receiver", Some(guide::RECEIVERS)),
            ("query", None),
            ("ruler", None),
        ] {
            let [before, last, after] =
                [self.before, self.last, self.after].map(|it| it.sum(servers, MEMORY));
            let expected = match figure {
                Some(figure) => Some(self.series * self.guide.figure(figure)?),
                None => None,
            };
            sums += after - before;
            let what = format!(
                "memory of {} ({} without bots, {} after the dashboards)",
                shown(servers),
                bytes(before),
                bytes(after)
            );
            let beside = expected.map(|expected| (expected, bytes(expected), last - before));
            row(text, &what, &bytes(last), beside);
            for server in self.last.servers().filter(|name| *name != servers) {
                if server.starts_with(servers) {
                    row(
                        text,
                        &format!("of it {server}"),
                        &bytes(self.last.sum(server, MEMORY)),
                        None,
                    );
                }
            }
        }
        let expected = self.series * self.guide.figure(guide::MEMORY)?;
        let beside = Some((expected, bytes(expected), sums));
        row(text, "what the bots have added to all of it in the end", &bytes(sums), beside);
        Ok(())
    }

    fn processors(&self, text: &mut String) -> Result<()> {
        let samples = self.rate("prometheus", SAMPLES) / 1e6;
        for (servers, figure) in [
            ("prometheus", Some(guide::HANDING_ON)),
            ("receiver", Some(guide::RECEIVING)),
            ("query", None),
            ("ruler", None),
        ] {
            let used = self.rate(servers, PROCESSOR);
            let expected = match figure {
                Some(figure) => Some(samples * self.guide.figure(figure)?),
                None => None,
            };
            let beside = expected.map(|expected| (expected, format!("{expected:.2}"), used));
            row(text, &format!("cores for {}", shown(servers)), &format!("{used:.3}"), beside);
        }
        let own = self.own / self.time();
        row(text, "cores for the bots themselves", &format!("{own:.3}"), None);
        Ok(())
    }

    /// The ruler asks the query layer all the time.
    fn rules(&self, text: &mut String) {
        let took = self.last.sum("ruler", "prometheus_rule_group_last_duration_seconds");
        row(text, "one evaluation of all rules", &format!("{took:.2} s"), None);
        let missed = "prometheus_rule_group_iterations_missed_total";
        let missed = self.last.sum("ruler", missed) - self.first.sum("ruler", missed);
        row(text, "evaluations that came too late and were left out", &number(missed), None);
    }

    fn questions(&self, text: &mut String) {
        text.push_str(
            "\n| Dashboard | Answers | of them empty | Refused | Median | Slowest | All | \
             Prometheus alone | Ratio |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | \
             ---: |\n",
        );
        for board in self.boards {
            let mut layer: Vec<f64> = board.took.iter().map(|[it, _]| seconds(*it)).collect();
            layer.sort_by(f64::total_cmp);
            let all: f64 = layer.iter().sum();
            let alone: f64 = board.took.iter().map(|[_, it]| seconds(*it)).sum();
            let _written = writeln!(
                text,
                "| {} | {} | {} | {} | {:.3} s | {:.2} s | {all:.1} s | {alone:.1} s | {:.1} |",
                board.name,
                layer.len(),
                board.empty,
                board.refused,
                layer.get(layer.len() / 2).copied().unwrap_or_default(),
                layer.last().copied().unwrap_or_default(),
                all / alone
            );
        }
    }
}

/// A row; what the guide says comes with how it is shown, and with what it is
/// to be compared to.
fn row(text: &mut String, what: &str, measured: &str, guide: Option<(f64, String, f64)>) {
    let (guide, ratio) = match guide {
        Some((guide, shown, compared)) => (shown, format!("{:.2}", compared / guide)),
        None => Default::default(),
    };
    let _written = writeln!(text, "| {what} | {measured} | {guide} | {ratio} |");
}

fn shown(servers: &str) -> &str {
    match servers {
        "prometheus" => "Prometheus",
        "receiver" => "the three receivers",
        "query" => "the query layer",
        _ => "the ruler",
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

/// A whole number, its thousands apart.
fn number(value: f64) -> String {
    let digits = format!("{value:.0}");
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", &*digits),
    };
    let mut text = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An amount of bytes in the unit that fits.
pub(super) fn bytes(count: f64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")];
    let found = units.into_iter().find(|(size, _)| count.abs() >= *size);
    let (size, unit) = found.unwrap_or((1e3, "kB"));
    let count = count / size;
    let decimals = usize::from(count.abs() < 10.0);
    format!("{count:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_legible() {
        let numbers = [7.0, 413.4, 27_533.0, 2_430_000.0, -1234.0].map(number);
        assert_eq!(numbers, ["7", "413", "27,533", "2,430,000", "-1,234"]);
        assert_eq!(
            [999.0, 7.02e6, 7.02e8, 2.9e12].map(bytes),
            ["1.0 kB", "7.0 MB", "702 MB", "2.9 TB"]
        );
    }
}

//! What a Prometheus would see of the bots.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use botmeter_window::exposition::{Format, Page};

use super::{Guide, Kind, page_of_a_small_bot, serving::Served, story::Story};

/// The page of a bot: each series with its value, and whether it may only grow.
fn samples(page: &str) -> BTreeMap<String, (f64, bool)> {
    let page = Page::read(page, Format::Text).unwrap();
    let mut samples = BTreeMap::new();
    for family in page.families {
        for sample in family.samples {
            let ends = ["_total", "_bucket", "_count", "_sum"];
            let grows = ends.iter().any(|end| sample.name.ends_with(end));
            let series = format!("{} {:?}", sample.name, sample.labels);
            assert_eq!(samples.insert(series.clone(), (sample.value, grows)), None, "{series}");
        }
    }
    samples
}

fn series_on(page: &str) -> usize {
    samples(page).len()
}

#[test]
fn a_story_goes_on_without_a_counter_that_falls_or_a_bucket_that_is_too_full() {
    let begin = Duration::from_hours(500_000);
    for (number, story) in (0..).zip(Kind::Small.stories().unwrap()) {
        let mut before = samples(&story.page(number, begin, Duration::ZERO));
        let first = before.clone();
        for second in [1, 14, 16, 31, 300] {
            let page = story.page(number, begin, Duration::from_secs(second));
            let now = samples(&page);
            assert!(now.keys().eq(before.keys()));
            for (series, (value, grows)) in &now {
                assert!(!grows || *value >= before[series].0, "{series} falls to {value}");
            }
            // Buckets stand in the order of their bounds, and hold all below.
            let mut last: Option<(&str, f64)> = None;
            for line in page.lines().filter(|line| line.contains("_bucket{")) {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let (histogram, _) = series.split_once("le=").unwrap();
                let value: f64 = value.parse().unwrap();
                if let Some((_, less)) = last.filter(|(of, _)| *of == histogram) {
                    assert!(value >= less, "{line} has less than the bucket before");
                }
                last = Some((histogram, value));
            }
            before = now;
        }
        let moved = before.iter().filter(|(series, now)| now.1 && now.0 > first[*series].0);
        assert!(moved.count() > 50);
    }
}

#[test]
fn a_small_bot_has_the_series_that_the_guide_says() {
    let said = Guide::read().unwrap().figure("series of a bot that calls 3 models").unwrap();
    assert_eq!(series_on(&page_of_a_small_bot().unwrap()).to_string(), said.to_string());
    for story in Kind::Small.stories().unwrap() {
        assert_eq!(story.series().to_string(), said.to_string());
    }
}

#[test]
fn each_instance_has_its_own_name_and_its_own_page() {
    let served = Served::start(Kind::Small.stories().unwrap(), 25).unwrap();
    let targets = served.targets(25);
    let targets = targets.as_array().unwrap();
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let (mut names, mut jobs, mut pages) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for target in targets {
        let label = |name: &str| target["labels"][name].as_str().unwrap().to_owned();
        names.insert(label("instance"));
        jobs.insert(label("job"));
        let address = target["targets"][0].as_str().unwrap();
        let url = format!("http://{address}{}", label("__metrics_path__"));
        let page = agent.get(url).call().unwrap().body_mut().read_to_string().unwrap();
        assert_eq!((series_on(&page) * 25).to_string(), served.series(25).to_string());
        let models = page.lines().filter(|line| line.starts_with("llm_requests_total"));
        pages.insert(models.collect::<String>());
    }
    assert_eq!((names.len(), jobs.len()), (25, 10));
    assert!(pages.len() > 10, "{}", pages.len());
    let address = targets[0]["targets"][0].as_str().unwrap();
    let error = agent.get(format!("http://{address}/bots/25/metrics")).call().unwrap_err();
    assert!(matches!(error, ureq::Error::StatusCode(404)), "{error}");
}

#[test]
fn pages_that_make_no_story_are_refused() {
    let of = |first: &str, second: &str| Story::between(first, second).unwrap_err().to_string();
    let page = |value: u32| format!("# TYPE a_total counter\na_total{{b=\"c d\"}} {value}\n");
    assert_eq!(of(&page(3), &page(2)), "a_total{b=\"c d\"} fell from 3 to 2");
    assert_eq!(of(&page(3), &page(3)), "nothing happened between the two pages");
    assert_eq!(of("", "a_total"), "\"a_total\" is no sample");
}

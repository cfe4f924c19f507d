//! Searches in, what a program's page would show out.

use botmeter_core::{Domain, Memory, Meter};

use crate::{Papers, Searches};

#[test]
fn searches_are_counted_where_the_program_wants_them() {
    let memory = Memory::new();
    let searches = Searches::register(&Meter::new(memory.clone()));
    let papers = Papers::new(["On meters", "On bots"]).recorded(searches);
    assert_eq!(papers.search("bots"), ["On bots"]);
    papers.search("nothing");
    papers.search("On");
    let count = |found| memory.value("paper_search_searches_total", &[("found", found)]);
    assert_eq!((count("something"), count("nothing")), (Some(2.0), Some(1.0)));
    assert_eq!(memory.value("paper_search_duration_seconds_count", &[]), Some(3.0));
}

#[test]
fn a_program_that_does_not_care_searches_as_well() {
    assert_eq!(Papers::new(["On meters"]).search("meters"), ["On meters"]);
}

//! What a profile may say and what not.

use super::*;

#[test]
fn the_default_profile_can_be_followed() {
    assert_eq!(Profile::default().check(), Ok(()));
}

#[test]
fn shares_outside_of_the_range_are_refused_with_their_value() {
    for (text, message) in [
        ("-0.1", "share -0.1 is not between 0 and 1"),
        ("1.5", "share 1.5 is not between 0 and 1; 1.5 percent is 0.015"),
        ("NaN", "share NaN is not between 0 and 1"),
        ("inf", "share inf is not between 0 and 1"),
        (
            "5%",
            "share \"5%\" is not a number; write a number from 0 to 1, such as 0.05 for 5 percent",
        ),
        ("", "share \"\" is not a number; write a number from 0 to 1, such as 0.05 for 5 percent"),
    ] {
        assert_eq!(text.parse::<Share>().unwrap_err().to_string(), message, "{text}");
    }
    for text in ["0", "1", "0.05", " 1e-3 "] {
        assert!(text.parse::<Share>().is_ok(), "{text}");
    }
}

#[test]
fn more_faults_than_calls_are_refused_with_each_share() {
    let half = Share::new(0.5).unwrap();
    let faults = Faults { hangs: half, dropped: half, ..Faults::none() };
    assert_eq!(faults.check(), Ok(()));

    let faults = Faults { rate_limited: Share::new(0.2).unwrap(), ..faults };
    assert_eq!(
        faults.check().unwrap_err().to_string(),
        "the shares of faults add up to 1.2, which is more than 1 (rate-limited 0.2, hangs 0.5, \
         dropped 0.5); lower some of them"
    );
}

#[test]
fn shares_that_add_up_to_one_only_in_decimal_are_accepted() {
    let tenth = Share::new(0.1).unwrap();
    let faults = Faults {
        rate_limited: tenth,
        server_errors: tenth,
        unauthorized: tenth,
        filtered: tenth,
        malformed: tenth,
        hangs: tenth,
        dropped: Share::new(0.4).unwrap(),
    };
    assert_eq!(faults.check(), Ok(()));
}

#[test]
fn a_latency_needs_a_spread_of_at_least_one() {
    for spread in [0.5, -1.0, f64::NAN, f64::INFINITY] {
        let first_token = Latency { spread, ..Latency::always(Duration::ZERO) };
        let error = Profile { first_token, ..Profile::default() }.check().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "spread {spread} of the time to the first token is not a finite number of at \
                 least 1; it is the 95th percentile divided by the median"
            )
        );
    }
}

#[test]
fn a_provider_needs_models_with_names() {
    let none = Profile { models: Vec::new(), ..Profile::default() };
    assert_eq!(
        none.check().unwrap_err().to_string(),
        "the provider has no model; name at least one"
    );
    let blank = Profile { models: vec![" ".into()], ..Profile::default() };
    assert_eq!(blank.check().unwrap_err().to_string(), "model name \" \" is blank; give it a name");
}

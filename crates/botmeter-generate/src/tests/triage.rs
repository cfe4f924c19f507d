//! How panels lead to what is wrong.

use botmeter_board::{Board, Limit, Panel, Row, Show, increase, last, rate, share};
use serde_json::{Value, json};

use super::options;
use crate::{
    Catalogue, Options, generate,
    sample::{self, DESCRIPTION, Mail, Queue, Status},
};

/// The panel that was added to the sample, as Grafana has it.
fn drawn(panel: Panel) -> Value {
    drawn_with(&options(), panel)
}

fn drawn_with(options: &Options, panel: Panel) -> Value {
    let title = panel.title.clone();
    let mut board: Board = sample::board();
    board.dashboards[0].rows.push(Row::open("More", [panel]));
    let files = generate(&Catalogue::new().domain::<Mail>(board), options).unwrap();
    let dashboard: Value =
        serde_json::from_str(files.text("grafana/mail-out.json").unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let is_it = |panel: &&Value| panel["title"] == *title && panel["type"] != "row";
    panels.iter().find(is_it).unwrap().clone()
}

/// What is told of a column.
fn column(panel: &Value, heading: &str, id: &str) -> Value {
    let overrides = panel["fieldConfig"]["overrides"].as_array().unwrap();
    let of_column = overrides.iter().filter(|it| it["matcher"]["options"] == heading);
    let mut told = of_column.flat_map(|it| it["properties"].as_array().unwrap());
    told.find(|property| property["id"] == id).map_or(Value::Null, |it| it["value"].clone())
}

fn table() -> Panel {
    let advice = Limit::new(7.0, "one a day");
    Panel::table("Worst", DESCRIPTION)
        .draw(last(&sample::WAITING).by::<(Queue,)>().named("Waits").limit(&sample::TOO_MANY))
        .draw(increase(&sample::SENT).by::<(Queue,)>().named("Went").advised_above(&advice))
        .draw(increase(&sample::PAID).by::<(Queue,)>().named("Postage"))
}

#[test]
fn cells_have_the_color_of_their_columns_limit() {
    let panel = drawn(table());
    let colors = |heading: &str| {
        let steps = column(&panel, heading, "thresholds")["steps"].clone();
        let steps = steps.as_array().cloned().unwrap_or_default();
        steps.iter().map(|it| (it["value"].clone(), it["color"].clone())).collect::<Vec<_>>()
    };
    let steps = |limit: f64| vec![(Value::Null, json!("green")), (json!(limit), json!("orange"))];
    assert_eq!(colors("Waits"), steps(sample::TOO_MANY.value));
    assert_eq!(colors("Went"), steps(7.0));
    assert_eq!(colors("Postage"), []);
    for (heading, kind) in [("Waits", json!("color-text")), ("Postage", Value::Null)] {
        assert_eq!(column(&panel, heading, "custom.cellOptions")["type"], kind, "{heading}");
    }
    assert_eq!(column(&panel, "Waits", "color")["mode"], "thresholds");
    // What is not there is not as green as what is well.
    let absent = json!({"match": "null+nan", "result": {"text": "–", "color": "text"}});
    assert_eq!(column(&panel, "Waits", "mappings")[0]["options"], absent);
    assert_eq!(column(&panel, "Postage", "mappings"), Value::Null);
}

#[test]
fn columns_of_labels_begin_with_a_capital() {
    let panel = drawn(table().per_job());
    let renamed = &panel["transformations"][1]["options"]["renameByName"];
    assert_eq!((&renamed["queue"], &renamed["job"]), (&json!("Queue"), &json!("Job")));
}

#[test]
fn a_row_without_a_column_does_not_say_what_a_table_without_rows_says() {
    let panel = drawn(table().without_data("no queues"));
    assert_eq!(panel["fieldConfig"]["defaults"]["noValue"], "no queues");
    for heading in ["Waits", "Went", "Postage"] {
        assert_eq!(column(&panel, heading, "noValue"), "–", "{heading}");
    }
}

#[test]
fn a_row_leads_to_what_it_is_about() {
    let links = column(&drawn(table()), "Queue", "links");
    assert_eq!(
        links[0]["url"],
        "/d/mail-out?${__url_time_range}&${job:queryparam}&${instance:queryparam}\
         &var-queue=${__value.raw:percentencode}"
    );
}

#[test]
fn a_tile_leads_to_the_dashboard_that_tells_more() {
    let tile = Panel::stat("Tile", DESCRIPTION, Show::Count).draw(increase(&sample::SENT).all());
    assert_eq!(drawn(tile.clone())["fieldConfig"]["defaults"].get("links"), None);
    let links = &drawn(tile.clone().leads_to("mail-out"))["fieldConfig"]["defaults"]["links"];
    assert_eq!(
        links[0]["url"],
        "/d/mail-out?${__url_time_range}&${job:queryparam}&${instance:queryparam}"
    );
    let problems = super::problems_of(|board| {
        board.dashboards[0].rows.push(Row::open("More", [tile.leads_to("mail-in")]));
    });
    assert_eq!(
        problems,
        [
            r#"dashboard mail-out panel "Tile": leads to the dashboard "mail-in", which is none of these"#
        ]
    );
}

#[test]
fn links_of_a_text_keep_what_is_chosen() {
    let text = Panel::text("Others", "- [Mail](/d/mail-out?$kept)\n- [Again](/d/mail-out?$kept)");
    let content = |options: &Options| {
        drawn_with(options, text.clone())["options"]["content"].as_str().unwrap().to_owned()
    };
    let kept = |more: &str| {
        let kept =
            format!("${{__url_time_range}}{more}&${{job:queryparam}}&${{instance:queryparam}}");
        format!("- [Mail](/d/mail-out?{kept})\n- [Again](/d/mail-out?{kept})")
    };
    assert_eq!(content(&options()), kept(""));
    assert_eq!(content(&options().extra_label("cluster")), kept("&${cluster:queryparam}"));
}

fn series(title: &'static str) -> Panel {
    Panel::time_series(title, DESCRIPTION, Show::PerSecond)
}

#[test]
fn a_few_names_stand_under_the_picture_and_many_beside_it() {
    let legend = |panel: Panel| {
        let legend = drawn(panel)["options"]["legend"].clone();
        ["displayMode", "placement", "sortBy"].map(|key| legend[key].clone())
    };
    let few = [json!("list"), json!("bottom"), Value::Null];
    let many = [json!("table"), json!("right"), json!("Last *")];
    assert_eq!(legend(series("All").draw(rate(&sample::SENT).all())), few);
    // One job is what most people look at, and three values are known beforehand.
    assert_eq!(legend(series("Jobs").draw(rate(&sample::SENT).all()).per_job()), few);
    assert_eq!(legend(series("Ends").draw(rate(&sample::SENT).by::<(Status,)>())), few);
    let twice = rate(&sample::SENT).by::<(Status,)>();
    assert_eq!(legend(series("Twice").draw(twice.clone()).draw(twice)), many);
    let one = rate(&sample::SENT).only(Status::Error).by::<(Status,)>();
    assert_eq!(legend(series("One").draw(one.clone()).draw(one)), few);
    assert_eq!(legend(series("Every queue").draw(rate(&sample::SENT).by::<(Queue,)>())), many);
    let processes = rate(&sample::SENT).all();
    assert_eq!(legend(series("Processes").draw(processes).per_instance()), many);
}

#[test]
fn of_many_counts_those_that_are_zero_all_the_time_are_not_named() {
    let hidden = |panel: Panel| {
        let panel = drawn(panel);
        let overrides = panel["fieldConfig"]["overrides"].as_array().unwrap().clone();
        let found = overrides.into_iter().find(|it| it["matcher"]["id"] == "byValue")?;
        assert_eq!(found["matcher"]["options"]["reducer"], "allIsZero");
        Some(found["properties"][0]["value"].clone())
    };
    let counts = || rate(&sample::SENT).by::<(Queue,)>().per_minute();
    // The line itself stays, so that the panel says zero.
    let legend = json!({"legend": true, "tooltip": true, "viz": false});
    assert_eq!(hidden(series("Counts").draw(counts())), Some(legend));
    assert_eq!(hidden(series("One").draw(rate(&sample::SENT).all())), None);
    assert_eq!(hidden(series("Levels").draw(last(&sample::WAITING).by::<(Queue,)>())), None);
    assert_eq!(hidden(series("Shares").draw(share(counts(), counts()))), None);
}

#[test]
fn all_limits_of_a_budget_are_within_its_picture() {
    let top =
        |panel: Panel| drawn(panel)["fieldConfig"]["defaults"]["custom"]["axisSoftMax"].clone();
    assert_eq!(top(Panel::burn("Burns", DESCRIPTION, &sample::objective())), json!(14.4));
    assert_eq!(
        top(series("Far").draw(last(&sample::WAITING).all()).limit(&sample::TOO_MANY)),
        Value::Null
    );
}

//! What the library records arrives where the program pushes.

use local_servers::{Program, Receiver};

#[test]
fn a_library_that_is_registered_later_is_pushed_with_the_rest() {
    let receiver = Receiver::start();
    let said = Program::new(env!("CARGO_BIN_EXE_reader-bot"))
        .pushing_to(receiver.url())
        .run(&["meters", "cats"]);
    assert_eq!((said.code, said.errors.as_slice()), (Some(0), &[][..]), "{said:#?}");
    assert_eq!(said.output, "On meters, On meters of bots\n\n");
    assert_eq!(receiver.increase("paper_search.searches", &[("found", "something")]), 1.0);
    assert_eq!(receiver.increase("paper_search.searches", &[("found", "nothing")]), 1.0);
    assert_eq!(receiver.last("paper_search.duration", &[]), Some(2.0));
}

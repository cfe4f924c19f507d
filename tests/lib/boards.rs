//! The boards that everything is generated and drawn from.

use botmeter_board::Board;

/// Those of all shipped domains, and the overview.
pub fn boards() -> Vec<Board> {
    botmeter_catalogue::catalogue().boards().map(|(_, board)| board.clone()).collect()
}

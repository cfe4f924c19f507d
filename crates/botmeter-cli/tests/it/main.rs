//! The program `botmeter`, started as a person starts it.

#![cfg(test)]

mod bot;
mod check;
mod dashboards;
mod doctor;
mod faults;
mod guard;
mod keep;
mod links;
mod live;
mod own;
mod program;
mod report;
#[cfg(feature = "top")]
mod top;

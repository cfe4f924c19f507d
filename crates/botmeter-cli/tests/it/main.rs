//! The program `botmeter`, started as a person starts it.

#![cfg(test)]

mod bot;
mod dashboards;
mod doctor;
mod faults;
mod guard;
mod links;
mod live;
mod program;

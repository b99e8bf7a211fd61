//! Stories about whole sessions, with a disk that obeys and a hub that can be told to misbehave.

mod alarms;
mod disk_trouble;
mod following;
mod hostile;
mod hub;
mod sending;
mod view;
mod world;

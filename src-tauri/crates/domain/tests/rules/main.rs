//! The rules as stories: what is told when, what the menu and the window then say.

mod edit;
mod menu;
mod route;
mod scene;
mod views;

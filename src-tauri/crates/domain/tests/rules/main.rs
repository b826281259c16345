//! The rules as stories: what is told when, what the menu and the window then say.

mod aside;
mod configs;
mod contexts;
mod corpus;
mod discovery;
mod doctor;
mod edit;
mod edit_chain;
mod edit_models;
mod edit_providers;
mod edit_settings;
mod gateway;
mod history;
mod history_page;
mod include;
mod jobs;
mod lint;
mod machine;
mod menu;
mod route;
mod scene;
mod schema;
mod settings;
mod template;
mod upstream;
mod views;

//! The real binary on real files: what it writes, says and ends with.

mod backups;
mod desk;
mod doctor;
mod ending;
mod exits;
mod history;
mod includes;
mod installed_schema;
mod models;
mod probe;
mod providers;
mod route;
mod set;
mod writers;

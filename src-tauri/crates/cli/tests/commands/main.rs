//! The real binary on real files: what it writes, says and ends with.

mod backups;
mod desk;
mod doctor;
mod exits;
mod history;
mod includes;
mod models;
mod own_schema;
mod probe;
mod providers;
mod route;
mod set;
mod writers;

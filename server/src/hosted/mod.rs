//! FACE people: the pages of a journey. `page` shows, `answer` reads, `drive` turns the engine's crank, `perform` does
//! what it asks, `finish` writes down how it ended, `funnel` counts how far people come, `live` tells open pages of a new layout.

mod answer;
mod drive;
mod finish;
mod funnel;
mod live;
mod page;
mod perform;
mod visit;

pub use answer::answer;
pub use live::live;
pub use page::page;

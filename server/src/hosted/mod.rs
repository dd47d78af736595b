//! FACE people: the pages of a journey. `page` shows, `answer` reads and has it driven, `live` tells open pages of a new
//! layout.

mod answer;
mod live;
mod page;

pub use answer::answer;
pub use live::live;
pub use page::page;

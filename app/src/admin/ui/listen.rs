//! What listens to an event, as one type for each kind of event. Every closure is a type of its own, and each type would
//! bring the renderer's code for a listener once more: a twentieth of the portal.

use web_sys::{Event, MouseEvent, SubmitEvent};

pub fn on_click(listener: impl FnMut(MouseEvent) + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(listener)
}

/// A control was written in, or something else was chosen in it.
pub fn on_change(listener: impl FnMut(Event) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(listener)
}

pub fn on_submit(listener: impl FnMut(SubmitEvent) + 'static) -> Box<dyn FnMut(SubmitEvent)> {
    Box::new(listener)
}

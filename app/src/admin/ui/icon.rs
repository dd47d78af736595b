//! Small drawings beside words; never instead of them for who cannot see.

use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Activity,
    Administrator,
    Alert,
    Application,
    Attribute,
    Bottom,
    Branding,
    Check,
    Chevron,
    Close,
    Copy,
    Dark,
    Design,
    Desktop,
    Down,
    Flow,
    Grip,
    Language,
    Light,
    Menu,
    More,
    People,
    Person,
    Phone,
    Play,
    Plus,
    Provider,
    Redo,
    Search,
    Top,
    Trash,
    Undo,
    Up,
}

/// Strokes on a ground of 16 by 16.
fn strokes(icon: Icon) -> &'static str {
    match icon {
        Icon::Activity => "M1.5 8.5h3l2-5 3.5 9 2-4h2.5",
        Icon::Administrator => {
            "M8 1.500 13.5 3.500v4c0 3.5-2.3 5.9-5.5 7-3.2-1.100-5.5-3.500-5.5-7v-4zM5.5 8l2 2 3-3.5"
        }
        Icon::Alert => "M8 2 1.5 13.500h13zM8 6.500v3M8 11.500v.01",
        Icon::Application => {
            "M2.5 2.500h4.500v4.500H2.500zM9 2.500h4.500v4.500H9zM2.5 9h4.500v4.500H2.500zM9 9h4.500v4.500H9z"
        }
        Icon::Attribute => "M2.5 4h11M2.5 8h11M2.5 12h6",
        Icon::Bottom => "M8 2.500v8M4.5 7 8 10.5 11.5 7M3 13.500h10",
        Icon::Branding => "M8 1.500l1.7 4.8 4.8 1.7-4.8 1.700L8 14.5 6.3 9.7 1.5 8l4.8-1.700z",
        Icon::Check => "M3 8.5 6.5 12 13 4.5",
        Icon::Chevron => "M4.5 6.5 8 10l3.5-3.5",
        Icon::Close => "M4 4l8 8M12 4l-8 8",
        Icon::Copy => "M5.5 5.500h8v8h-8zM10.5 5.500v-3h-8v8h3",
        Icon::Dark => "M13.5 9.500A6 6 0 0 1 6.5 2.500a6 6 0 1 0 7 7z",
        Icon::Design => "M5 1.500v9M2.5 8 5 10.5 7.5 8M11 10.500v-9M8.5 4 11 1.5 13.5 4M2 14h12",
        Icon::Desktop => "M1.5 2.500h13v8.500h-13zM5.5 14h5M8 11v3",
        Icon::Down => "M8 3v10M4 9l4 4 4-4",
        Icon::Flow => "M2 3.500h5v3.500H2zM9 9h5v3.500H9zM4.5 7v3.750H9",
        Icon::Grip => "M6 3.500v.01M6 8v.01M6 12.500v.01M10 3.500v.01M10 8v.01M10 12.500v.01",
        Icon::Language => "M8 1.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM1.5 8h13M8 1.500c4 4 4 9 0 13-4-4-4-9 0-13z",
        Icon::Light => {
            "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1"
        }
        Icon::Menu => "M2 4h12M2 8h12M2 12h12",
        Icon::More => "M3.5 8v.01M8 8v.01M12.5 8v.01",
        Icon::People => {
            "M6 2.500a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM1.5 13.500c0-5 9-5 9 0M10.5 2.800a2.5 2.5 0 0 1 0 4.500M12 9.600c1.6.500 2.5 1.9 2.5 3.9"
        }
        Icon::Person => "M8 2a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM2.5 14c0-5.5 11-5.5 11 0",
        Icon::Phone => "M4.5 1.500h7v13h-7zM7.5 12.500h1",
        Icon::Play => "M4 2.500v11l9-5.500z",
        Icon::Plus => "M8 3v10M3 8h10",
        Icon::Provider => "M2 5.500h11M10 2.500l3 3-3 3M14 10.500H3M6 7.500l-3 3 3 3",
        Icon::Redo => "M13 6.500H6a3.5 3.5 0 0 0 0 7h3M10 3.500l3 3-3 3",
        Icon::Search => "M7 2.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5 14 14",
        Icon::Top => "M8 13.500v-8M4.5 9 8 5.5 11.5 9M3 2.500h10",
        Icon::Trash => "M2.5 4.500h11M6 4.500v-2h4v2M4 4.500l.7 9h6.600l.7-9",
        Icon::Undo => "M3 6.500h7a3.5 3.5 0 0 1 0 7H7M6 3.500l-3 3 3 3",
        Icon::Up => "M8 13V3M4 7l4-4 4 4",
    }
}

pub fn icon(icon: Icon) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=strokes(icon) />
        </svg>
    }
    .into_any()
}

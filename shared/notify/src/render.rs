//! A message as text and as HTML: pure functions of it.
//!
//! No line of either begins with what a person wrote, so that a title cannot pass for a boundary or a signature.

use crate::message::{Item, Message, one_line};

/// As plain text, lines ending in `\n`.
pub fn text(message: &Message) -> String {
    let mut out = String::new();
    if message.count() == 1 {
        for item in &message.lines {
            out += &format!("Reminder: {}\n", one_line(&item.title));
            out += &details(item, "");
        }
        return out;
    }
    out += &format!("{} reminders\n", message.count());
    for item in &message.lines {
        out += &format!("\n- {}\n{}", one_line(&item.title), details(item, "  "));
    }
    if message.more > 0 {
        out += &format!("\nand {} more\n", message.more);
    }
    if let Some(link) = web_link(&message.link) {
        out += &format!("\nAll of them: {link}\n");
    }
    out
}

fn details(item: &Item, indent: &str) -> String {
    let due = item
        .due
        .iter()
        .map(|due| format!("{indent}Due {}\n", one_line(due)));
    let link = web_link(&item.link).map(|link| format!("{indent}{link}\n"));
    due.chain(link).collect()
}

/// As HTML that needs nothing from elsewhere: no pictures, no scripts, no style sheets.
pub fn html(message: &Message) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<body style=\"font-family: sans-serif\">\n",
    );
    if message.count() != 1 {
        out += &format!("<p>{} reminders</p>\n", message.count());
    }
    out += "<ul style=\"list-style: none; padding: 0\">\n";
    for item in &message.lines {
        out += &format!(
            "<li style=\"margin: 0 0 1em\">{}{}</li>\n",
            title(item),
            due(item)
        );
    }
    out += "</ul>\n";
    if message.more > 0 {
        out += &format!("<p>and {} more</p>\n", message.more);
    }
    if let Some(link) = web_link(&message.link) {
        out += &format!("<p><a href=\"{}\">Open Errand</a></p>\n", escaped(&link));
    }
    out + "</body>\n</html>\n"
}

fn title(item: &Item) -> String {
    let title = format!(
        "<strong dir=\"auto\">{}</strong>",
        escaped(&one_line(&item.title))
    );
    match web_link(&item.link) {
        Some(link) => format!("<a href=\"{}\">{title}</a>", escaped(&link)),
        None => title,
    }
}

fn due(item: &Item) -> String {
    item.due
        .iter()
        .map(|due| format!("<br>Due {}", escaped(&one_line(due))))
        .collect()
}

/// The link as it may stand in a mail and in its head: http or https, in ASCII, without spaces, quotes and angle brackets. Nothing
/// else is followed (`javascript:`), and nothing else is printed.
pub(crate) fn web_link(link: &str) -> Option<String> {
    let parsed = url::Url::parse(link).ok()?;
    let plain = |c: char| c.is_ascii_graphic() && !"<>\"'`".contains(c);
    let text = parsed.as_str().replace('\'', "%27");
    (["http", "https"].contains(&parsed.scheme()) && text.chars().all(plain)).then_some(text)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            other => out.push(other),
        }
    }
    out
}

//! What is wanted: the examples of the requirements and what people say instead of them.

use expect_test::{Expect, expect};

use super::{add, table, talk};

pub(crate) fn check(texts: &str, expected: &Expect) {
    expected.assert_eq(&table(texts, talk));
}

#[test]
fn r_1_1_the_story_works_in_both_modes() {
    let text = "call mom every Sunday at 3pm, remind me 15 minutes before";
    expect![[r#"
        call mom every Sunday at 3pm, remind me 15 minutes before
            Act CreateTask, title "call mom", due 2026-11-29T15:00:00, every FREQ=WEEKLY;BYDAY=SU from 2026-11-29T15:00:00 by Schedule, remind -PT15M of due
    "#]].assert_eq(&table(text, talk));
    expect![[r#"
        call mom every Sunday at 3pm, remind me 15 minutes before
            Act CreateTask, title "call mom", due 2026-11-29T15:00:00, every FREQ=WEEKLY;BYDAY=SU from 2026-11-29T15:00:00 by Schedule, remind -PT15M of due
    "#]].assert_eq(&table(text, add));
}

#[test]
fn r_1_1_creating() {
    check(
        "
        Create a task to call mom on Sunday at 3pm
        Add a task: buy milk
        Please create a new task to finish the quarterly report by Friday 5pm
        add milk to the shopping list
        I need to call the dentist tomorrow at 10am
        buy milk tomorrow
        team standup every weekday at 9:30
        create a list called Groceries
        ",
        &expect![[r#"
            Create a task to call mom on Sunday at 3pm
                Act CreateTask, title "call mom", due 2026-11-29T15:00:00
            Add a task: buy milk
                Act CreateTask, title "buy milk"
            Please create a new task to finish the quarterly report by Friday 5pm
                Act CreateTask, title "finish the quarterly report", due 2026-11-27T17:00:00
            add milk to the shopping list
                Act CreateTask, title "milk", list shopping
            I need to call the dentist tomorrow at 10am
                Act CreateTask, title "call the dentist", due 2026-11-24T10:00:00
            buy milk tomorrow
                Act CreateTask, title "buy milk", due 2026-11-24
            team standup every weekday at 9:30
                Act CreateTask, title "team standup", due 2026-11-24T09:30:00, every FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR from 2026-11-24T09:30:00 by Schedule
            create a list called Groceries
                Act CreateList, title "Groceries"
        "#]],
    );
}

#[test]
fn r_1_2_to_r_1_4_changing_what_is_there() {
    check(
        "
        Mark buy groceries as complete
        mark \"buy groceries\" as done
        I finished the report
        Change submit report due date to Monday
        change the due date of submit report to next Monday
        move submit report to Monday
        postpone dentist until friday
        push the meeting back by 2 days
        make it an hour later
        set priority of submit report to high
        rename call mom to call mother
        Delete walk dog task
        delete the second task
        delete it
        delete all completed tasks
        snooze it for 10 minutes
        snooze it 10 minutes
        complete everything tagged home
        delete everything tagged home
        stop repeating water plants
        rename the list Groceries to Food
        assign submit report to @anna
        tag call mom with family
        mark all tasks as done
        undo
        ",
        &expect![[r#"
            Mark buy groceries as complete
                Act CompleteTask, target "buy groceries"
            mark "buy groceries" as done
                Act CompleteTask, target "buy groceries"
            I finished the report
                Act CompleteTask, target "report"
            Change submit report due date to Monday
                Act Reschedule, target "submit report", due 2026-11-30
            change the due date of submit report to next Monday
                Act Reschedule, target "submit report", due 2026-11-30
            move submit report to Monday
                Act Reschedule, target "submit report", due 2026-11-30
            postpone dentist until friday
                Act Reschedule, target "dentist", due 2026-11-27
            push the meeting back by 2 days
                Act Reschedule, target "meeting", shift P2D
            make it an hour later
                Act Reschedule, target last, shift PT1H
            set priority of submit report to high
                Act UpdateTask, target "submit report", priority High
            rename call mom to call mother
                Act UpdateTask, title "call mother", target "call mom"
            Delete walk dog task
                Confirm DeleteTask, target "walk dog"
            delete the second task
                Confirm DeleteTask, target no. 2
            delete it
                Confirm DeleteTask, target last
            delete all completed tasks
                Confirm DeleteTask, target all, filter status=done
            snooze it for 10 minutes
                Act SnoozeReminder, target last, due 2026-11-23T10:10:00
            snooze it 10 minutes
                Act SnoozeReminder, target last, due 2026-11-23T10:10:00
            complete everything tagged home
                Confirm CompleteTask, target all, filter status=open and tag=home
            delete everything tagged home
                Confirm DeleteTask, target all, filter status=open and tag=home
            stop repeating water plants
                Confirm EndSeries, target "water plants"
            rename the list Groceries to Food
                Act UpdateList, title "Food", target "Groceries"
            assign submit report to @anna
                Act UpdateTask, target "submit report", assignee anna
            tag call mom with family
                Act UpdateTask, target "call mom", tags family
            mark all tasks as done
                Confirm CompleteTask, target all, filter status=open
            undo
                Act Undo
        "#]],
    );
}

#[test]
fn r_1_5_listing() {
    check(
        "
        What are my tasks?
        what's due this week?
        show me my tasks for tomorrow
        what is overdue?
        list tasks tagged home
        what's on my shopping list?
        is milk on my shopping list?
        find the task about rent
        show my lists
        plan my day
        what did I complete yesterday
        show tasks due before friday
        ",
        &expect![[r#"
            What are my tasks?
                Act ListTasks, filter status=open
            what's due this week?
                Act ListTasks, due 2026-11-23..2026-11-29, filter status=open and due<today+7d
            show me my tasks for tomorrow
                Act ListTasks, due 2026-11-24, filter status=open and due>=today+1d and due<today+2d
            what is overdue?
                Act ListTasks, filter status=open and due<today
            list tasks tagged home
                Act ListTasks, filter status=open and tag=home
            what's on my shopping list?
                Act ListTasks, list shopping, filter status=open and list="shopping"
            is milk on my shopping list?
                Act ListTasks, target "milk", list shopping, filter status=open and list="shopping" and text~"milk"
            find the task about rent
                Act FindTask, target "rent", filter status=open and text~"rent"
            show my lists
                Act ListLists
            plan my day
                Act Plan
            what did I complete yesterday
                Act ListTasks, due 2026-11-22, filter status=done and closed>=2026-11-22 and closed<today
            show tasks due before friday
                Act ListTasks, deadline 2026-11-26, filter status=open and due<today+4d
        "#]],
    );
}

#[test]
fn r_2_1_reminders() {
    check(
        "
        remind me to take out the trash tonight
        remind me at 5pm to call bob
        remind me in 20 minutes to check the oven
        submit report friday, remind me at 9am
        dentist tomorrow at 2pm, remind me 1 day and 2 hours before
        dentist tomorrow at 2pm with a 15 minute reminder
        remind me to call bob
        remind me 15 minutes before call mom
        add a reminder to call mom 30 minutes before
        remove the reminder from call mom
        ",
        &expect![[r#"
            remind me to take out the trash tonight
                Act CreateReminder, title "take out the trash", due 2026-11-23T21:00:00, remind PT0S of due
            remind me at 5pm to call bob
                Act CreateReminder, title "call bob", due 2026-11-23T17:00:00, remind PT0S of due
            remind me in 20 minutes to check the oven
                Act CreateReminder, title "check the oven", due 2026-11-23T10:20:00, remind PT0S of due
            submit report friday, remind me at 9am
                Act CreateReminder, title "submit report", due 2026-11-27, remind 2026-11-27T08:00:00Z
            dentist tomorrow at 2pm, remind me 1 day and 2 hours before
                Act CreateTask, title "dentist", due 2026-11-24T14:00:00, remind -P1D of due, remind -PT2H of due
            dentist tomorrow at 2pm with a 15 minute reminder
                Act CreateTask, title "dentist", due 2026-11-24T14:00:00, remind -PT15M of due
            remind me to call bob
                Ask CreateReminder, title "call bob"
            remind me 15 minutes before call mom
                Act UpdateTask, target "call mom", remind -PT15M of due
            add a reminder to call mom 30 minutes before
                Act UpdateTask, target "call mom", remind -PT30M of due
            remove the reminder from call mom
                Confirm DeleteReminder, target "call mom"
        "#]],
    );
}

#[test]
fn r_1_16_signs() {
    let texts = r#"
        pay rent tomorrow #bills #home/flat +Household @anna !high
        read "tomorrow never dies" by sunday
        meet bob \tomorrow
        pay invoice #123, mail bob@example.com and see https://example.com/2026-12-01 today
        write the plan ~2h high priority
        "#;
    expect![[r#"
        pay rent tomorrow #bills #home/flat +Household @anna !high
            Act CreateTask, title "pay rent", due 2026-11-24, tags bills home/flat, priority High, list Household, assignee anna
        read "tomorrow never dies" by sunday
            Act CreateTask, title "read \"tomorrow never dies\"", deadline 2026-11-29
        meet bob \tomorrow
            Act CreateTask, title "meet bob tomorrow"
        pay invoice #123, mail bob@example.com and see https://example.com/2026-12-01 today
            Act CreateTask, title "pay invoice #123, mail bob@example.com and see https://example.com/2026-12-01", due 2026-11-23
        write the plan ~2h high priority
            Act CreateTask, title "write the plan", priority High, estimate PT2H
    "#]].assert_eq(&table(texts, add));
}

#[test]
fn r_1_15_what_is_none_of_our_business_stays_so() {
    check(
        "
        what's the weather tomorrow
        play some jazz
        turn off the lights at 8pm
        book me a flight to paris on friday
        send me a quote every day
        can you order a pizza tonight at 8
        what is 2+2
        delete my account
        who won the game last night
        ",
        &expect![[r#"
            what's the weather tomorrow
                Ignore None, due 2026-11-24
            play some jazz
                Ignore None
            turn off the lights at 8pm
                Ask CreateTask, title "turn off the lights", due 2026-11-23T20:00:00
            book me a flight to paris on friday
                Ask CreateTask, title "book me a flight to paris", due 2026-11-27
            send me a quote every day
                Ask CreateTask, title "send me a quote", due 2026-11-23, every FREQ=DAILY from 2026-11-23 by Schedule
            can you order a pizza tonight at 8
                Ask CreateTask, title "order a pizza", due 2026-11-23T20:00:00
            what is 2+2
                Ignore None
            delete my account
                Ignore DeleteTask, target "account"
            who won the game last night
                Ignore None, due 2026-11-22T21:00:00
        "#]],
    );
}

#[test]
fn r_1_14_quick_add_only_ever_creates() {
    for text in [
        "delete walk dog",
        "what are my tasks?",
        "undo",
        "yes",
        "mark x as done",
    ] {
        let answer = add(text);
        assert_eq!(
            answer.items[0].intent,
            contract::interpret::Intent::CreateTask,
            "{text}"
        );
        assert_eq!(answer.items[0].title.as_deref(), Some(text));
    }
}

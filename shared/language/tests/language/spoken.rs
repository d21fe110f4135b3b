//! What is wanted in talk that goes on: what "it" is, and what people say every day.

use expect_test::expect;

use super::wishes::check;

#[test]
fn r_1_13_what_was_spoken_of_last() {
    check(
        "
        set its priority to high
        set the priority to high
        make it high priority
        change its due date to monday
        change its title to ring mom
        repeat it every week
        make it weekly
        repeat water plants every 3 days
        remind me 10 minutes before
        remind me a day before it's due
        make it 11am
        tag it health
        put it on the list Health
        done
        complete the second one
        ",
        &expect![[r#"
            set its priority to high
                Act UpdateTask, target last, priority High
            set the priority to high
                Act UpdateTask, target last, priority High
            make it high priority
                Act UpdateTask, target last, priority High
            change its due date to monday
                Act Reschedule, target last, due 2026-11-30
            change its title to ring mom
                Act UpdateTask, title "ring mom", target last
            repeat it every week
                Act UpdateTask, target last, every FREQ=WEEKLY from 2026-11-23 by Schedule
            make it weekly
                Act UpdateTask, target last, every FREQ=WEEKLY from 2026-11-23 by Schedule
            repeat water plants every 3 days
                Act UpdateTask, target "water plants", every FREQ=DAILY;INTERVAL=3 from 2026-11-23 by Schedule
            remind me 10 minutes before
                Act UpdateTask, target last, remind -PT10M of due
            remind me a day before it's due
                Act UpdateTask, target last, remind -P1D of due
            make it 11am
                Act Reschedule, target last, due 2026-11-23T11:00:00
            tag it health
                Act UpdateTask, target last, tags health
            put it on the list Health
                Act UpdateTask, target last, list Health
            done
                Act CompleteTask
            complete the second one
                Act CompleteTask, target no. 2
        "#]],
    );
}

#[test]
fn r_1_14_everyday_talk() {
    check(
        "
        find rent
        search for milk
        what's next?
        what's left today?
        when do I have to pay the rent?
        show me tasks without a date
        delete everything
        move everything from today to tomorrow
        add buy milk
        don't forget to call mom
        note to self: buy stamps
        i have to go to the doctor on tuesday at 4
        i bought milk
        mom's birthday march 3 every year
        change the time of the dentist to 11:30
        remind me later
        dad's birthday every year on 29 february
        dad's birthday every 29 february
        dad's birthday on 12 march every year
        pay taxes on april 15 every year
        lunch with tom tomorrow at noon, repeat weekly
        dentist tomorrow at 9 every 6 months
        ",
        &expect![[r#"
            find rent
                Act FindTask, target "rent", filter status=open and text~"rent"
            search for milk
                Act FindTask, target "milk", filter status=open and text~"milk"
            what's next?
                Act Plan
            what's left today?
                Act ListTasks, due 2026-11-23, filter status=open and due<today+1d
            when do I have to pay the rent?
                Act FindTask, target "pay the rent", filter status=open and text~"pay the rent"
            show me tasks without a date
                Act ListTasks, filter status=open and due=none
            delete everything
                Confirm DeleteTask, target all, filter status=open
            move everything from today to tomorrow
                Confirm Reschedule, target all, due 2026-11-24, filter status=open and due<today+1d
            add buy milk
                Act CreateTask, title "buy milk"
            don't forget to call mom
                Act CreateTask, title "call mom"
            note to self: buy stamps
                Act CreateTask, title "buy stamps"
            i have to go to the doctor on tuesday at 4
                Ask CreateTask, title "go to the doctor", due 2026-11-24T16:00:00
            i bought milk
                Ask CompleteTask, target "milk"
            mom's birthday march 3 every year
                Act CreateTask, title "mom's birthday", due 2027-03-03, every FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3 from 2027-03-03 by Schedule
            change the time of the dentist to 11:30
                Act Reschedule, target "dentist", due 2026-11-23T11:30:00
            remind me later
                Ask SnoozeReminder, target last
            dad's birthday every year on 29 february
                Act CreateTask, title "dad's birthday", due 2027-02-28, every RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;SKIP=BACKWARD from 2027-02-28 by Schedule
            dad's birthday every 29 february
                Act CreateTask, title "dad's birthday", due 2027-02-28, every RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;SKIP=BACKWARD from 2027-02-28 by Schedule
            dad's birthday on 12 march every year
                Act CreateTask, title "dad's birthday", due 2027-03-12, every FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=12 from 2027-03-12 by Schedule
            pay taxes on april 15 every year
                Act CreateTask, title "pay taxes", due 2027-04-15, every FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15 from 2027-04-15 by Schedule
            lunch with tom tomorrow at noon, repeat weekly
                Act CreateTask, title "lunch with tom", due 2026-11-24T12:00:00, every FREQ=WEEKLY from 2026-11-24T12:00:00 by Schedule
            dentist tomorrow at 9 every 6 months
                Act CreateTask, title "dentist", due 2026-11-24T09:00:00, every FREQ=MONTHLY;INTERVAL=6 from 2026-11-24T09:00:00 by Schedule
        "#]],
    );
}

#[test]
fn r_1_2_which_half_of_the_day_is_meant() {
    check(
        "
        gym at 6am tomorrow
        flight to NYC 6:45am dec 1
        call al tomorrow at 6
        wake up at 6 tomorrow
        dinner with bob at 8 tomorrow
        breakfast party at 9am tomorrow
        call mom every evening at 7
        feed the cat every morning at 7
        delete the third
        ",
        &expect![[r#"
            gym at 6am tomorrow
                Act CreateTask, title "gym", due 2026-11-24T06:00:00
            flight to NYC 6:45am dec 1
                Ask CreateTask, title "flight to NYC", due 2026-12-01T06:45:00
            call al tomorrow at 6
                Act CreateTask, title "call al", due 2026-11-24T18:00:00
            wake up at 6 tomorrow
                Act CreateReminder, title "wake up", due 2026-11-24T06:00:00, remind PT0S of due
            dinner with bob at 8 tomorrow
                Act CreateTask, title "dinner with bob", due 2026-11-24T20:00:00
            breakfast party at 9am tomorrow
                Act CreateTask, title "breakfast party", due 2026-11-24T09:00:00
            call mom every evening at 7
                Act CreateTask, title "call mom", due 2026-11-23T19:00:00, every FREQ=DAILY from 2026-11-23T19:00:00 by Schedule
            feed the cat every morning at 7
                Act CreateTask, title "feed the cat", due 2026-11-24T07:00:00, every FREQ=DAILY from 2026-11-24T07:00:00 by Schedule
            delete the third
                Ask DeleteTask, target no. 3
        "#]],
    );
}

#[test]
fn r_1_4_what_was_shown_by_its_place_and_several_by_their_date() {
    check(
        "
        complete the second
        finish the first one
        move the third to friday
        complete the report on the second
        delete tasks due saturday
        delete all tasks due saturday
        complete tomorrow's tasks
        move tomorrow's tasks to friday
        delete today's tasks
        ",
        &expect![[r#"
            complete the second
                Act CompleteTask, target no. 2
            finish the first one
                Act CompleteTask, target no. 1
            move the third to friday
                Act Reschedule, target no. 3, due 2026-11-27
            complete the report on the second
                Act CreateTask, title "complete the report", due 2026-12-02
            delete tasks due saturday
                Confirm DeleteTask, target all, due 2026-11-28, filter status=open and due>=today+5d and due<today+6d
            delete all tasks due saturday
                Confirm DeleteTask, target all, due 2026-11-28, filter status=open and due>=today+5d and due<today+6d
            complete tomorrow's tasks
                Confirm CompleteTask, target all, due 2026-11-24, filter status=open and due>=today+1d and due<today+2d
            move tomorrow's tasks to friday
                Confirm Reschedule, target all, due 2026-11-27, filter status=open and due>=today+1d and due<today+2d
            delete today's tasks
                Confirm DeleteTask, target all, due 2026-11-23, filter status=open and due<today+1d
        "#]],
    );
}

#[test]
fn r_1_2_the_day_before_the_month() {
    check(
        "
        dentist 3 dec at 10am
        dentist on 3rd december, 10:30
        flight 5 march 2027
        flight 512 on 5 march 2027 at 6am
        pay rent 3 dec
        trip from 3 to 5 december
        trip 3 dec to 5 dec 2026
        trip 28 dec - 3 jan
        trip dec 3 to dec 5
        buy a present 3 days before christmas
        call mom 2 days after friday
        pay rent by 29 feb 2028
        ",
        &expect![[r#"
            dentist 3 dec at 10am
                Act CreateTask, title "dentist", due 2026-12-03T10:00:00
            dentist on 3rd december, 10:30
                Act CreateTask, title "dentist", due 2026-12-03T10:30:00
            flight 5 march 2027
                Ask CreateTask, title "flight", due 2027-03-05
            flight 512 on 5 march 2027 at 6am
                Ask CreateTask, title "flight 512", due 2027-03-05T06:00:00
            pay rent 3 dec
                Act CreateTask, title "pay rent", due 2026-12-03
            trip from 3 to 5 december
                Ask CreateTask, title "trip", due 2026-12-03..2026-12-05
            trip 3 dec to 5 dec 2026
                Ask CreateTask, title "trip", due 2026-12-03..2026-12-05
            trip 28 dec - 3 jan
                Ask CreateTask, title "trip", due 2026-12-28..2027-01-03
            trip dec 3 to dec 5
                Ask CreateTask, title "trip", due 2026-12-03..2026-12-05
            buy a present 3 days before christmas
                Act CreateTask, title "buy a present", due 2026-12-22
            call mom 2 days after friday
                Act CreateTask, title "call mom", due 2026-11-29
            pay rent by 29 feb 2028
                Act CreateTask, title "pay rent", deadline 2028-02-29
        "#]],
    );
}

#[test]
fn r_1_13_what_is_corrected() {
    check(
        "
        actually make it 5pm
        no, make it 5pm
        actually, friday
        no i meant friday
        sorry, i mean at 6pm
        no, that is wrong
        ",
        &expect![[r"
            actually make it 5pm
                Act Reschedule, target last, due 2026-11-23T17:00:00
            no, make it 5pm
                Act Reschedule, target last, due 2026-11-23T17:00:00
            actually, friday
                Act Reschedule, target last, due 2026-11-27
            no i meant friday
                Act Reschedule, target last, due 2026-11-27
            sorry, i mean at 6pm
                Act Reschedule, target last, due 2026-11-23T18:00:00
            no, that is wrong
                Ignore None
        "]],
    );
}

#[test]
fn r_1_4_fields_are_emptied() {
    check(
        "
        clear the due date
        remove the due date from rent
        remove rent's due date
        delete the tax deadline
        no priority
        set no deadline for rent
        make rent undated
        remove all tags from rent
        remove the reminders from rent
        remove the reminder
        ",
        &expect![[r#"
            clear the due date
                Act UpdateTask, target last, clear [Due]
            remove the due date from rent
                Act UpdateTask, target "rent", clear [Due]
            remove rent's due date
                Act UpdateTask, target "rent", clear [Due]
            delete the tax deadline
                Ask DeleteTask, target "tax deadline"
            no priority
                Act UpdateTask, target last, clear [Priority]
            set no deadline for rent
                Act UpdateTask, target "rent", clear [Deadline]
            make rent undated
                Act UpdateTask, target "rent", clear [Due]
            remove all tags from rent
                Act UpdateTask, target "rent", clear [Tags]
            remove the reminders from rent
                Confirm DeleteReminder, target "rent"
            remove the reminder
                Confirm DeleteReminder, target last
        "#]],
    );
}

#[test]
fn r_1_1_nothing_that_was_written_is_lost() {
    check(
        "
        add milk to groceries
        buy milk @bob
        ",
        &expect![[r#"
            add milk to groceries
                Act CreateTask, title "milk", list groceries
            buy milk @bob
                Act CreateTask, title "buy milk", assignee bob
        "#]],
    );
}

// Reads calendars (a JSON list of texts on standard input) with Thunderbird's parser; says what is in them as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

ICAL.design.strict = true;

function told(event) {
  const value = (name) => event.getFirstPropertyValue(name)?.toString() ?? "";
  const start = event.getFirstPropertyValue("dtstart");
  return {
    uid: value("uid"),
    start: start.isDate ? start.toString() : "",
    days: new ICAL.Event(event).duration.toSeconds() / 86400,
    stamp: value("dtstamp"),
    modified: value("last-modified"),
    sequence: event.getFirstPropertyValue("sequence"),
    summary: value("summary"),
    description: value("description"),
    status: value("status"),
    secret: value("class") === "CONFIDENTIAL",
  };
}

const calendars = JSON.parse(readFileSync(0, "utf-8")).map((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const every = calendar.getAllSubcomponents("vevent").map(told);
  return {
    title: calendar.getFirstPropertyValue("name"),
    known_as: calendar.getFirstPropertyValue("x-wr-calname"),
    often: calendar.getFirstPropertyValue("refresh-interval").toString(),
    method: calendar.getFirstPropertyValue("method"),
    events: every,
  };
});
process.stdout.write(JSON.stringify(calendars));

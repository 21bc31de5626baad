/**
 * The room's front door: the types that other rooms use, and the one function that reads. A reader takes bytes and gives
 * events, one message at a time; only the current message is held. Faults are values with a place.
 */
export {
  type GroupBegin,
  type GroupEnd,
  type InterchangeBegin,
  type InterchangeEnd,
  type InterchangeEvent,
  isLoop,
  type Loop,
  type Message,
  type Party,
  type Segment,
  type Separators,
  type Standard,
  type Stray,
  type Value,
  type Verdict,
} from './event.ts';

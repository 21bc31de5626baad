import assert from 'node:assert/strict';
import { addWorkdays, calendar, everyDay, nextWorkday } from '../../src/order/calendar.ts';
import { decideOrder } from '../../src/order/decide.ts';
import type { Order } from '../../src/order/order.ts';
import { anOrder, aPolicy, facts } from './orders.ts';

/** 2027-03-01 is a Monday. */
const office = calendar.parse({
  workdays: ['mon', 'tue', 'wed', 'thu', 'fri'],
  holidays: ['2027-03-08', '2027-03-09'],
});

/** When an order that is decided on a day ships. */
function shipsOn(today: string, leadDays: number, more: Partial<Order>, days = office): string | undefined {
  const order = anOrder([{}], more);
  const decision = decideOrder(order, facts(order), aPolicy({ leadDays }), today, { calendar: days });
  return decision.lines[0]?.shipOn;
}

describe('the calendar', () => {
  it('passes over weekends and holidays', () => {
    assert.equal(nextWorkday(office, '2027-03-06'), '2027-03-10');
    assert.equal(nextWorkday(office, '2027-03-10'), '2027-03-10');
    assert.equal(addWorkdays(office, '2027-03-05', 1), '2027-03-10');
    assert.equal(addWorkdays(office, '2027-03-06', 0), '2027-03-10', 'a day without work counts as the next');
    assert.equal(addWorkdays(everyDay, '2027-03-05', 3), '2027-03-08');
  });

  it('counts lead days in working days', () => {
    assert.equal(shipsOn('2027-03-04', 2, {}), '2027-03-10');
    assert.equal(shipsOn('2027-03-04', 2, {}, everyDay), '2027-03-06');
  });

  it('ships on the last working day before the day asked for', () => {
    assert.equal(shipsOn('2027-03-01', 1, { requestedOn: '2027-03-07' }), '2027-03-05');
    assert.equal(shipsOn('2027-03-01', 1, { requestedOn: '2027-03-07' }, everyDay), '2027-03-07');
  });

  it('does not ship before the window opens, even where that makes it late', () => {
    const window = { shipNotBefore: '2027-03-06', requestedOn: '2027-03-07' };
    assert.equal(shipsOn('2027-03-01', 1, window), '2027-03-10');
  });

  it('promises a backorder for a working day', () => {
    const order = anOrder([{}]);
    const none = { ...facts(order), available: new Map<string, string>() };
    const policy = aPolicy({ shortage: 'backorder', backorderDays: 5 });
    const decided = decideOrder(order, none, policy, '2027-03-01', { calendar: office });
    assert.equal(decided.lines[0]?.backorderOn, '2027-03-10');
  });
});

/** The plain fields that canonical documents are made of, each with its limits. */
import { z } from 'zod';

const decimalShape = /^-?\d{1,15}(\.\d{1,6})?$/;

/** Quantities and money: a decimal string, exact, at most 15 digits before the point and 6 behind it. */
export const decimal = z.string().regex(decimalShape, 'a decimal number such as 12 or 3.50');
/** A calendar day, 'YYYY-MM-DD'. */
export const day = z.iso.date();
/** A moment, ISO 8601 with offset. */
export const instant = z.iso.datetime({ offset: true });
export const text = z.string().min(1).max(512);
/** ISO 4217. */
export const currency = z.string().length(3);
/** 18 digits, check digit included, without the application identifier 00. */
export const ssccNumber = z.string().regex(/^\d{18}$/, 'an SSCC of 18 digits');
/** Free text, one for each that came. */
export const notes = z.array(text).max(100);

/** Whether a schema is `decimal`, or `decimal` with a description of its own. */
export function isDecimal(schema: z.ZodType): boolean {
  const { checks = [] } = schema.def as { checks?: readonly z.core.$ZodCheck[] };
  return checks.some((check) => (check._zod.def as { pattern?: RegExp }).pattern === decimalShape);
}

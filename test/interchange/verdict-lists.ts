/** The codes of the lists of X12 and EDIFACT, each with words that its meaning must hold. */

/** Lines of a code and words that its meaning must hold. */
function table(text: string): readonly (readonly [code: string, words: string])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => /^\s*(\S+) (.+)$/.exec(line)?.slice(1) as [string, string]);
}

export const segmentErrors = table(`
  1 not recognised
  2 not expected
  3 mandatory segment is missing
  4 loop occurs more often
  5 segment occurs more often
  6 does not belong
  7 out of sequence
  8 elements of the segment`);
export const guidelineSegmentErrors = table(`
  I4 does not use the segment
  I6 depend on others is missing
  I7 loop occurs less often
  I8 segment occurs less often
  I9 in this case`);
export const elementErrors = table(`
  1 mandatory element is missing
  2 another one makes necessary
  3 more elements than
  4 too short
  5 too long
  6 character that is not allowed
  7 code is not allowed
  8 date is not valid
  9 time is not valid
  10 beside another
  12 repeats more often
  13 more components`);
export const guidelineElementErrors = table(`
  I6 does not use the code
  I9 depend on others is missing
  I10 does not use the element
  I11 repeats less often
  I12 form that
  I13 in this case`);
export const messageErrors = table(`
  1 not supported
  2 SE is missing
  3 ST and SE differ
  4 SE01
  5 segments are in error
  6 ST01
  7 ST02
  8 key name for authentication
  9 key name for encryption
  10 not available
  11 recipient
  12 length of the encrypted
  13 authentication code
  15 originator
  16 decrypted text
  17 security is not supported
  18 belong to its group
  19 implementation convention
  23 not unique
  24 S3E
  25 S3S
  26 S4E
  27 S4S`);
export const guidelineMessageErrors = table(`
  I5 do not follow the partner's guideline
  I6 guideline that the message names`);
export const groupErrors = table(`
  1 not supported
  2 GS08
  3 GE is missing
  4 GS and GE differ
  5 GE01
  6 control number of the group is invalid
  10 key name for authentication
  11 key name for encryption
  12 not available
  13 recipient
  14 originator
  15 decrypted text
  16 security is not supported
  17 length of the encrypted
  18 authentication code
  19 not unique
  23 S3E
  24 S3S
  25 S4E
  26 S4S`);
export const interchangeErrors = table(`
  001 ISA and IEA differ
  002 ISA11
  003 ISA12
  004 segment terminator
  005 qualifier of the sender
  006 id of the sender
  007 qualifier of the receiver
  008 id of the receiver
  009 receiver is unknown
  010 qualifier of the authorization
  011 the authorization is invalid
  012 qualifier of the security
  013 the security information
  014 date of the interchange
  015 time of the interchange
  016 standards identifier
  017 version identifier
  018 control number is invalid
  019 request for an acknowledgment
  020 test indicator
  021 IEA01
  022 control segments
  023 ends too early
  024 content of the interchange
  025 came before
  026 element separator
  027 component separator
  028 date of the deferred
  029 time of the deferred
  030 time zone of the deferred
  031 grade of service`);
export const syntaxErrors = table(`
  1 UNA
  2 syntax version
  3 version of the message
  4 service segment
  5 trailer does not match
  6 segment is missing
  7 recipient
  8 too many elements
  9 mandatory element
  10 invalid form
  11 password
  12 value is invalid
  13 mandatory is missing
  14 value is not supported
  15 not supported in this place
  16 too many parts
  17 no agreement
  18 not specified
  19 decimal mark
  20 service character is invalid
  21 character that is not allowed
  22 service character is not allowed
  23 sender is unknown
  24 too old
  25 test indicator
  26 came before
  27 security function
  28 references of header and trailer
  29 count of the trailer
  30 groups and messages
  31 different types
  32 nothing inside
  33 outside messages
  34 nesting
  35 segment occurs
  36 segment group occurs
  37 kind of characters
  38 before the decimal mark
  39 too long
  40 too short
  41 failed for good
  42 failed for now
  43 network is unknown
  45 trails
  46 character set
  47 envelope
  48 depends`);

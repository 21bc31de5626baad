/** What the codes of X12's and EDIFACT's syntax acknowledgments mean, in plain language, for those who read a partner's answer. */
import { applicationErrors } from './verdict-codes-824.ts';

export type CodedElement =
  | 'AK304'
  | 'AK403'
  | 'AK502'
  | 'AK905'
  | 'IK304'
  | 'IK403'
  | 'IK502'
  | 'TA105'
  | 'TED01'
  | '0085';

/** A phrase for a code; one that the standard does not list is said to be so. */
export function meaning(element: CodedElement, code: string): string {
  return tables[element][code] ?? 'something is wrong for a reason that the standard does not list';
}

/** The codes that have a phrase. */
export function knownCodes(element: CodedElement): readonly string[] {
  return Object.keys(tables[element]);
}

type Phrases = Readonly<Record<string, string>>;

/** Element 720. */
const segmentErrors: Phrases = {
  '1': 'the segment identifier is not recognised',
  '2': 'the segment is not expected here',
  '3': 'a mandatory segment is missing',
  '4': 'the loop occurs more often than allowed',
  '5': 'the segment occurs more often than allowed',
  '6': 'the segment does not belong to this message',
  '7': 'the segment is out of sequence',
  '8': 'elements of the segment are in error',
};

/** Element 620. */
const guidelineSegmentErrors: Phrases = {
  ...segmentErrors,
  I4: "the partner's guideline does not use the segment, and it is there",
  I6: "a segment that the partner's guideline makes depend on others is missing",
  I7: "the loop occurs less often than the partner's guideline asks",
  I8: "the segment occurs less often than the partner's guideline asks",
  I9: "the partner's guideline does not use the segment in this case, and it is there",
};

/** Element 723. */
const elementErrors: Phrases = {
  '1': 'a mandatory element is missing',
  '2': 'an element is missing that another one makes necessary',
  '3': 'there are more elements than the segment has',
  '4': 'the value is too short',
  '5': 'the value is too long',
  '6': 'the value holds a character that is not allowed',
  '7': 'the code is not allowed',
  '8': 'the date is not valid',
  '9': 'the time is not valid',
  '10': 'the value must not stand beside another one',
  '12': 'the element repeats more often than allowed',
  '13': 'the element has more components than allowed',
};

/** Element 621. */
const guidelineElementErrors: Phrases = {
  ...elementErrors,
  I6: "the partner's guideline does not use the code",
  I9: "an element that the partner's guideline makes depend on others is missing",
  I10: "the partner's guideline does not use the element, and it is there",
  I11: "the element repeats less often than the partner's guideline asks",
  I12: "the value does not have the form that the partner's guideline asks for",
  I13: "the partner's guideline does not use the element in this case, and it is there",
};

/** What 718 and 716 share: their security codes have other numbers. */
const securitySegments: Phrases = {
  '24': 'the security trailer S3E to a header S3S is missing',
  '25': 'the security header S3S to a trailer S3E is missing',
  '26': 'the security trailer S4E to a header S4S is missing',
  '27': 'the security header S4S to a trailer S4E is missing',
};

/** Element 718. */
const messageErrors: Phrases = {
  '1': 'this kind of message is not supported',
  '2': 'the trailer SE is missing',
  '3': 'the control numbers of ST and SE differ',
  '4': 'the number of segments does not match SE01',
  '5': 'segments are in error',
  '6': 'the kind of message (ST01) is missing or invalid',
  '7': 'the control number (ST02) is missing or invalid',
  '8': 'the key name for authentication is unknown',
  '9': 'the key name for encryption is unknown',
  '10': 'the security service asked for is not available',
  '11': 'the security recipient is unknown',
  '12': 'the length of the encrypted message is wrong',
  '13': 'the authentication code does not match',
  '15': 'the security originator is unknown',
  '16': 'the decrypted text has errors of syntax',
  '17': 'security is not supported',
  '18': 'the message does not belong to its group',
  '19': 'the implementation convention (ST03) is not valid',
  '23': 'the control number is not unique in its group',
  ...securitySegments,
};

/** Element 618. */
const guidelineMessageErrors: Phrases = {
  ...messageErrors,
  I5: "segments do not follow the partner's guideline",
  I6: "the partner's guideline that the message names is not supported",
};

/** Element 716. */
const groupErrors: Phrases = {
  '1': 'this kind of group is not supported',
  '2': 'the version of the group (GS08) is not supported',
  '3': 'the trailer GE is missing',
  '4': 'the control numbers of GS and GE differ',
  '5': 'the number of messages does not match GE01',
  '6': 'the control number of the group is invalid',
  '10': 'the key name for authentication is unknown',
  '11': 'the key name for encryption is unknown',
  '12': 'the security service asked for is not available',
  '13': 'the security recipient is unknown',
  '14': 'the security originator is unknown',
  '15': 'the decrypted text has errors of syntax',
  '16': 'security is not supported',
  '17': 'the length of the encrypted message is wrong',
  '18': 'the authentication code does not match',
  '19': 'the control number of the group is not unique',
  '23': 'the security trailer S3E to a header S3S is missing',
  '24': 'the security header S3S to a trailer S3E is missing',
  '25': 'the security trailer S4E to a header S4S is missing',
  '26': 'the security header S4S to a trailer S4E is missing',
};

/** Element I18. */
const interchangeErrors: Phrases = {
  '000': 'there is no error',
  '001': 'the control numbers of ISA and IEA differ',
  '002': 'the standard named in ISA11 is not supported',
  '003': 'the version in ISA12 is not supported',
  '004': 'the segment terminator is invalid',
  '005': 'the qualifier of the sender is invalid',
  '006': 'the id of the sender is invalid',
  '007': 'the qualifier of the receiver is invalid',
  '008': 'the id of the receiver is invalid',
  '009': 'the receiver is unknown',
  '010': 'the qualifier of the authorization is invalid',
  '011': 'the authorization is invalid',
  '012': 'the qualifier of the security information is invalid',
  '013': 'the security information is invalid',
  '014': 'the date of the interchange is invalid',
  '015': 'the time of the interchange is invalid',
  '016': 'the standards identifier is invalid',
  '017': 'the version identifier is invalid',
  '018': 'the control number is invalid',
  '019': 'the request for an acknowledgment is invalid',
  '020': 'the test indicator is invalid',
  '021': 'the number of groups does not match IEA01',
  '022': 'the control segments are not in order',
  '023': 'the file ends too early',
  '024': 'the content of the interchange is invalid, the GS for example',
  '025': 'the control number came before',
  '026': 'the element separator is invalid',
  '027': 'the component separator is invalid',
  '028': 'the date of the deferred delivery is invalid',
  '029': 'the time of the deferred delivery is invalid',
  '030': 'the time zone of the deferred delivery is invalid',
  '031': 'the grade of service is invalid',
};

/** Data element 0085, with the codes of older and of newer directories. */
const syntaxErrors: Phrases = {
  '1': 'the service string advice UNA is not supported',
  '2': 'the syntax version or level is not supported',
  '3': 'the version of the message is not supported',
  '4': 'a service segment is missing or invalid',
  '5': 'the trailer does not match',
  '6': 'a segment is missing',
  '7': 'the recipient is not the one that this was meant for',
  '8': 'there are too many elements',
  '9': 'a mandatory element is missing',
  '10': 'an element has an invalid form',
  '11': 'the password is invalid',
  '12': 'the value is invalid',
  '13': 'something mandatory is missing',
  '14': 'the value is not supported in this place',
  '15': 'what stands here is not supported in this place',
  '16': 'there are too many parts',
  '17': 'there is no agreement for it',
  '18': 'there is an error that is not specified',
  '19': 'the decimal mark is invalid',
  '20': 'the service character is invalid',
  '21': 'the value holds a character that is not allowed',
  '22': 'a service character is not allowed here',
  '23': 'the sender is unknown',
  '24': 'it is too old',
  '25': 'the test indicator is not supported',
  '26': 'it came before',
  '27': 'a security function is not supported',
  '28': 'the references of header and trailer differ',
  '29': 'the count of the trailer does not match',
  '30': 'groups and messages are mixed',
  '31': 'messages of different types are in one group',
  '32': 'there is nothing inside',
  '33': 'something stands outside messages or groups',
  '34': 'an explicit nesting indicator is not allowed here',
  '35': 'the segment occurs more often than allowed',
  '36': 'the segment group occurs more often than allowed',
  '37': 'the value has the wrong kind of characters',
  '38': 'the digit before the decimal mark is missing',
  '39': 'the value is too long',
  '40': 'the value is too short',
  '41': 'the network failed for good',
  '42': 'the network failed for now',
  '43': "the recipient's network is unknown",
  '45': 'a separator trails at the end',
  '46': 'the character set is not supported',
  '47': 'a function of the envelope is not supported',
  '48': 'a rule of what depends on what is broken',
};

const tables: Readonly<Record<CodedElement, Phrases>> = {
  AK304: segmentErrors,
  AK403: elementErrors,
  AK502: messageErrors,
  AK905: groupErrors,
  IK304: guidelineSegmentErrors,
  IK403: guidelineElementErrors,
  IK502: guidelineMessageErrors,
  TA105: interchangeErrors,
  TED01: applicationErrors,
  '0085': syntaxErrors,
};

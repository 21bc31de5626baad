/** What the codes of acknowledgments mean, in plain language, for those who read a partner's answer. */

/** A phrase for a code, with the code's own name, so that it can be looked up: 'it is too long (AK403 5)'. */
export function meaning(element: CodedElement, code: string): string {
  const phrase = tables[element][code] ?? 'a reason that the standard does not list';
  return `${phrase} (${element} ${code})`;
}

export type CodedElement = 'AK304' | 'AK403' | 'AK502' | 'AK905' | '0085';

/** Element 720. */
const segmentErrors: Readonly<Record<string, string>> = {
  '1': 'its segment identifier is not recognised',
  '2': 'it is not expected here',
  '3': 'it is mandatory and missing',
  '4': 'its loop occurs more often than allowed',
  '5': 'it occurs more often than allowed',
  '6': 'it does not belong to this transaction set',
  '7': 'it stands out of sequence',
  '8': 'it has elements in error',
};

/** Element 723. */
const elementErrors: Readonly<Record<string, string>> = {
  '1': 'it is mandatory and missing',
  '2': 'another element makes it necessary, and it is missing',
  '3': 'there are more elements than the segment has',
  '4': 'it is too short',
  '5': 'it is too long',
  '6': 'it holds a character that is not allowed',
  '7': 'its code is not allowed',
  '8': 'it is no valid date',
  '9': 'it is no valid time',
  '10': 'it must not stand beside another element',
  '12': 'it repeats more often than allowed',
  '13': 'it has more components than allowed',
};

/** Element 718. */
const setErrors: Readonly<Record<string, string>> = {
  '1': 'the transaction set is not supported',
  '2': 'the trailer SE is missing',
  '3': 'the control numbers of ST and SE differ',
  '4': 'the number of segments does not match SE01',
  '5': 'segments are in error',
  '6': 'the transaction set identifier is missing or invalid',
  '7': 'the control number is missing or invalid',
  '8': 'the key name for authentication is unknown',
  '9': 'the key name for encryption is unknown',
  '10': 'the security service asked for is not available',
  '11': 'the security recipient is unknown',
  '12': 'the length of the encrypted message is wrong',
  '13': 'the authentication code does not match',
  '15': 'the security originator is unknown',
  '16': 'the decrypted text has errors of syntax',
  '17': 'security is not supported',
  '18': 'the transaction set does not belong to its group',
  '19': 'the implementation convention is not valid',
  '23': 'the control number is not unique in its group',
};

/** Element 716. */
const groupErrors: Readonly<Record<string, string>> = {
  '1': 'the functional group is not supported',
  '2': 'the version of the group is not supported',
  '3': 'the trailer GE is missing',
  '4': 'the control numbers of GS and GE differ',
  '5': 'the number of transaction sets does not match GE01',
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
};

/** Data element 0085. */
const syntaxErrors: Readonly<Record<string, string>> = {
  '1': 'the service string advice UNA is not supported',
  '2': 'the syntax version or level is not supported',
  '3': 'the message version is not supported',
  '4': 'a service segment is missing or invalid',
  '5': 'the trailer does not match',
  '6': 'a segment is missing',
  '7': 'the interchange is not for this recipient',
  '8': 'there are too many elements',
  '9': 'a mandatory element is missing',
  '10': 'an element has an invalid form',
  '11': 'the password is invalid',
  '12': 'the value is invalid',
  '13': 'it is missing',
  '14': 'the value is not supported in this place',
  '15': 'it is not supported in this place',
  '16': 'there are too many constituents',
  '17': 'there is no agreement for it',
  '18': 'an error that is not specified',
  '19': 'the decimal mark is invalid',
  '20': 'a service character is invalid',
  '21': 'it holds a character that is not allowed',
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
  '32': 'nothing is inside',
  '33': 'something stands outside messages or groups',
  '34': 'an explicit nesting indicator is not allowed here',
  '35': 'the segment occurs more often than allowed',
  '36': 'the segment group occurs more often than allowed',
  '37': 'it has the wrong kind of characters',
  '38': 'a digit before the decimal mark is missing',
  '39': 'it is too long',
  '40': 'it is too short',
  '41': 'the network failed for good',
  '42': 'the network failed for now',
  '43': "the recipient's network is unknown",
  '45': 'a separator trails at the end',
  '46': 'the character set is not supported',
  '47': 'a function of the envelope is not supported',
  '48': 'a dependency rule is broken',
};

const tables: Readonly<Record<CodedElement, Readonly<Record<string, string>>>> = {
  AK304: segmentErrors,
  AK403: elementErrors,
  AK502: setErrors,
  AK905: groupErrors,
  '0085': syntaxErrors,
};

// Package sigma reads Sigma rules (specification 2.1.0) and decides which records they
// match: detection rules, correlations over a stream, and filters. It knows Sigma alone;
// what a record is, and which of its fields a rule's field name means, is told by a
// [Schema] and a [Record].
//
// [Parse] reads a file of rules, [Compile] makes a [Program] of a detection rule, whose
// tree of [And], [Or], [Not], [Match] and [Keyword] others can read, [NewSet] puts many
// programs together so that a record is matched against all of them at little more than
// the cost of reading it, and a [Correlator] follows a log and tells when correlations
// hold. [FromConditions] makes a rule of what a form has.
//
// Where the specification leaves a choice, this is what is done:
//
//   - A field with several values matches when any of them does. Negation, the word not
//     and the modifier neq alike, negates that: no value matches. So a field that is not
//     there is different from every value.
//   - Text is compared by Unicode simple case folding. A number in a rule equals a number
//     in a record of the same value, and a text that is the number's shortest decimal form.
//   - null means that there is no value: the field is absent, null, or an empty list. ”
//     is a text of no characters. exists tells of the field, whatever is in it.
//   - A keyword is found anywhere in any one text of the record.
//   - Regular expressions are searched for, not anchored, in Go's RE2.
//   - The words of a condition may be in any letter case.
//   - A filter's condition says which records are suppressed. One that is made of negations
//     alone says which remain, as converters read it.
package sigma

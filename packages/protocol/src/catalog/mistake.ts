/** The compiler's message in place of a type that no value has. */
export interface Mistake<Message extends string> {
  readonly "what to do": Message;
}

/**
 * A message that the compiler shows at the value. An intersection of two strings would be `never`, without a message.
 */
export type Told<Given, Message extends string> = Given extends object ? Message : Mistake<Message>;

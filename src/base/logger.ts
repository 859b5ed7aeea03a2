/** Where the daemon writes what happens. The engine never logs; `fields` are for programs, `message` is for people. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

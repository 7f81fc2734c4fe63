/** The same object, whose calls tell of the errors that they end with. */
export function observed<T extends object>(target: T, onError: (error: unknown) => void): T {
  return new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, object, args);
        if (result instanceof Promise) result.catch(onError);
        return result;
      };
    },
  });
}

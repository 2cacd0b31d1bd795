/** dependsOn makes the effect it is called in run again when one of the values changes. */
export const dependsOn = (...values: unknown[]): number => values.length

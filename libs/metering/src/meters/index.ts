export type { Aggregation, Meter, MeterFactor, MeterPer } from './meter.js';
export { measure, plainUnitsOf, quantityOf, type Measurement, type MeterValue } from './measure.js';
export { readDimensions, dimensionValue, type DimensionsRefusal } from './dimensions-of.js';
export { denominatorIn } from './denominator-in.js';

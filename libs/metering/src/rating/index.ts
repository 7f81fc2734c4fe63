export { Price } from './price.js';
export { costNanos } from './cost-nanos.js';
export { packagePrice, packageCredits } from './package-price.js';
export { runningCost, type RunningCost } from './running-cost.js';

export { PROJECTOR_LIMITS, type FatalFault, type ProjectorConfig } from './projector-config.js';
export type { ProjectorHealth } from './projector.js';
export { ProjectorModule } from './projector.module.js';
export { serveProjector, startProjector, type RunningProjector, type ServedProjector } from './start-projector.js';

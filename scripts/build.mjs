#!/usr/bin/env node
import { prepare } from './prepare/prepare.mjs';

await prepare({ isForced: true });

import { holdPart } from './hold.ts';

holdPart(2, 3);

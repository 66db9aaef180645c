// Brings the real programs that tests run against: `node scripts/components.mjs [name …]`, all without a name.
// Progress goes to stderr, the paths as one JSON object to stdout. What cannot be built is named, with exit code 1.
import { buildComponent, isBuilt, missingTool, pathsOf } from './components-build.mjs';
import { RECIPES } from './components-recipes.mjs';

const startedMs = Date.now();
const say = (text) => {
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
  process.stderr.write(`[components ${seconds}s] ${text}\n`);
};

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isBuilding = !process.argv.includes('--no-build');
const known = RECIPES.map((recipe) => recipe.name);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  say(`unknown component ${unknown.join(', ')}; one of ${known.join(', ')}`);
  process.exitCode = 1;
}

const wanted = RECIPES.filter((recipe) => names.length === 0 || names.includes(recipe.name));
const paths = {};
for (const recipe of wanted) {
  try {
    if (!isBuilt(recipe) && isBuilding) {
      const missing = missingTool(recipe);
      if (missing !== undefined) throw new Error(missing);
      await buildComponent(recipe, say);
    }
    if (!isBuilt(recipe)) throw new Error(`${recipe.name} is not built; run: npm run components`);
    Object.assign(paths, pathsOf(recipe));
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
process.stdout.write(`${JSON.stringify(paths)}\n`);

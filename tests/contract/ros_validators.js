// ROS's own generated validators, run over resources: node ros_validators.js FOLDER < resources.json
//
// FOLDER holds `<module>.generated.js` of the packages ros-cdk-*, and `runtime.js` of ros-cdk-core, which they
// validate with. In: {name: {Type, Properties}}. Out: {problems: {name: text}, attributes: {type: [name]}}.
"use strict";
const fs = require("fs");
const Module = require("module");
const path = require("path");

const folder = path.resolve(process.argv[2]);
const attributes = {};

// The base of generated classes, of which only what they ask of it while they are made is needed.
class RosResource {
  constructor(_scope, _id, options) {
    this.type = options.type;
    attributes[this.type] = [];
  }
  getAtt(name) {
    attributes[this.type].push(name);
    return {};
  }
}
const core = { ...require(path.join(folder, "runtime.js")), RosResource };
const load = Module._load;
Module._load = function (name, ...rest) {
  return name === "@alicloud/ros-cdk-core" ? core : load.call(this, name, ...rest);
};

const classes = {};
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".generated.js"))) {
  for (const found of Object.values(require(path.join(folder, file)))) {
    if (found.ROS_RESOURCE_TYPE_NAME) classes[found.ROS_RESOURCE_TYPE_NAME] = found;
  }
}

// Generated code asks for `functionName` and `ttl` where a template has FunctionName and TTL.
function readable(value) {
  if (Array.isArray(value)) return value.map(readable);
  if (value === null || typeof value !== "object") return value;
  const get = (target, key) => {
    if (typeof key !== "string" || key in target) return readable(target[key]);
    const capital = key[0].toUpperCase() + key.slice(1);
    return readable(target[capital in target ? capital : key.toUpperCase()]);
  };
  return new Proxy(value, { get });
}

// The first place in what was given that generated code does not know and so leaves out.
function leftOut(given, rendered, where) {
  if (given === null || typeof given !== "object") return given === rendered ? "" : where;
  if (rendered === null || typeof rendered !== "object") return where;
  for (const key of Object.keys(given)) {
    const found = leftOut(given[key], rendered[key], where ? `${where}.${key}` : key);
    if (found) return found;
  }
  return "";
}

const problems = {};
for (const [name, resource] of Object.entries(JSON.parse(fs.readFileSync(0, "utf8")))) {
  const kind = classes[resource.Type];
  if (!kind) {
    problems[name] = `there is no type ${resource.Type}`;
    continue;
  }
  const given = resource.Properties || {};
  try {
    const made = new kind(null, name, readable(given), true);
    const unknown = leftOut(given, made.renderProperties(made.rosProperties), "");
    if (unknown) problems[name] = `${unknown} is not known`;
  } catch (error) {
    problems[name] = error.message;
  }
}
console.log(JSON.stringify({ problems, attributes }));

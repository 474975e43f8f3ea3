// How good a model is, in numbers and curves.

import {make, table} from "./dom.js";
import {plot} from "./charts.js";
import {count, number, percent, short} from "./format.js";

// The first of these that a model has are shown large; [name, title, as percent].
const HEADLINES = [
  ["accuracy", "Accuracy", true], ["roc_auc", "ROC AUC"], ["f1", "F1"], ["macro_f1", "Macro F1"], ["log_loss", "Log loss"],
  ["r2", "R²"], ["rmse", "RMSE"], ["mae", "MAE"], ["d2", "D²"], ["deviance", "Deviance"],
];
const MOST_HEADLINES = 4;
const MOST_CONFUSED = 12;  // classes

const spaced = (name) => name.replaceAll("_", " ");

/** The few that say most, large numbers short; then all of them in full. */
export function metricTiles(metrics, deviations = {}) {
  const large = HEADLINES.filter(([name]) => typeof metrics[name] === "number").slice(0, MOST_HEADLINES);
  return [
    make("dl", {class: "tiles"}, large.map(([name, title, share]) => make("div", {},
        make("dt", {}, title),
        make("dd", {}, share ? percent(metrics[name]) : short(metrics[name]),
            deviations[name] === undefined ? null : make("small", {}, ` ± ${short(deviations[name])}`))))),
    make("details", {}, make("summary", {}, "All measures"),
        table("All measures", ["Measure", "Value"],
            Object.entries(metrics).map(([name, value]) => [spaced(name), number(value)]), {numeric: [1]})),
  ];
}

/** Curves and tables of a validation's `details`. */
export function detailPlots(details, target) {
  return [
    make("div", {class: "plots"}, classPlots(details.curves ?? []), calibrationPlot(details, target),
        details.predictions && numberPlot(details.predictions, target)),
    confusionTable(details),
  ];
}

function classPlots(curves) {
  if (curves.length === 0) return [];
  const lines = (name) => curves.map((curve) => ({points: curve[name], name: String(curve.class)}));
  return [
    plot({title: "ROC curve", description: "True positive rate by false positive rate.",
      x: "False positive rate", y: "True positive rate", lines: lines("roc"), guide: true}),
    plot({title: "Precision and recall", description: "Precision by recall.",
      x: "Recall", y: "Precision", lines: lines("precision_recall")}),
  ];
}

function calibrationPlot({calibration}) {
  if (!calibration) return null;
  const points = calibration.map((bin) => [bin.mean_predicted, bin.observed_share]);
  const most = Math.max(...calibration.map(({rows}) => rows));
  return plot({title: "Calibration", description: "What was observed by what was predicted, in ten bins.",
    x: "Predicted probability", y: "Observed share", guide: true, lines: [{points, name: ""}],
    dots: [{points: calibration.map((bin) =>
      [bin.mean_predicted, bin.observed_share, 2 + 4 * Math.sqrt(bin.rows / most)])}]});
}

const numberPlot = (points, target) => plot({title: "Predicted and actual",
  description: `Actual ${target} by predicted ${target}, of some rows.`,
  x: "Predicted", y: "Actual", dots: [{points}], guide: true, free: true});

function confusionTable({confusion_matrix: matrix, classes}) {
  if (!matrix || matrix.length > MOST_CONFUSED) return null;
  const names = classes.map((one) => String(one.class));
  return make("div", {}, make("h3", {}, "What was taken for what"),
      table("What was taken for what", ["Actual", ...names.map((name) => `as ${name}`), "Recall", "Precision"],
          matrix.map((row, i) => [names[i], ...row.map(count), percent(classes[i].recall), percent(classes[i].precision)]),
          {numeric: [...matrix.keys(), matrix.length, matrix.length + 1].map((i) => i + 1)}));
}

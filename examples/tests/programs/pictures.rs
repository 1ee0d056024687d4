//! The examples that draw, headless: what each picture must show, and that it is the same in whichever way it is drawn.

use std::ops::Range;

use crate::common::{Picture, Run, calls, new_file, succeed};

/// An example and what it draws.
struct Case {
    name: &'static str,
    /// Whether the picture changes with time.
    moves: bool,
    /// Asserts what the first frame must show, 800x600 pixels large.
    shows: fn(&Picture),
}

const CASES: &[Case] = &[
    Case { name: "boids", moves: true, shows: boids },
    Case { name: "bundles", moves: true, shows: crate::bundles::shows },
    Case { name: "cube", moves: true, shows: cube },
    Case { name: "hot_reload", moves: true, shows: crate::hot_reload::shows },
    Case { name: "immediates", moves: true, shows: crate::immediates::shows },
    Case { name: "indirect", moves: true, shows: crate::indirect::shows },
    Case { name: "mipmaps", moves: true, shows: mipmaps },
    Case { name: "mrt", moves: true, shows: mrt },
    Case { name: "msaa_lines", moves: true, shows: msaa_lines },
    Case { name: "queries", moves: true, shows: crate::queries::shows },
    Case { name: "render_to_texture", moves: true, shows: render_to_texture },
    Case { name: "shaders", moves: false, shows: crate::shaders::shows },
    Case { name: "shadow", moves: true, shows: shadow },
    Case { name: "skybox", moves: true, shows: skybox },
    Case { name: "stencil", moves: true, shows: stencil },
    Case { name: "storage_texture", moves: true, shows: storage_texture },
    // It changes once a second.
    Case { name: "texture_arrays", moves: false, shows: crate::texture_arrays::shows },
    Case { name: "water", moves: true, shows: water },
];

/// Draws a picture into a file whose name contains `how`.
fn draw(
    case: &Case,
    how: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> (Picture, Run) {
    let file = new_file(&format!("{}-{how}.png", case.name));
    let path = file.to_str().expect("a path in UTF-8");
    let run = succeed(case.name, &[&["--headless", path], arguments].concat(), environment);
    (Picture::read(&file), run)
}

#[test]
fn each_picture_shows_its_subject() {
    for case in CASES {
        let (picture, _) = draw(case, "first", &[], &[]);
        assert_eq!((picture.width, picture.height), (800, 600), "{}", case.name);
        assert!(picture.pixels.chunks(4).all(|pixel| pixel[3] == 255), "{}", case.name);
        (case.shows)(&picture);
    }
}

#[test]
fn the_same_pixels_directly_and_through_the_engine() {
    for case in CASES {
        let third = ["--size", "320x240", "--frames", "3"];
        let (direct, _) = draw(case, "direct", &third, &[("WEBGPU_CALLS", "direct")]);
        let (engine, run) = draw(case, "engine", &third, &[("WEBGPU_CALLS", "engine")]);
        assert!(calls(&run) > 20, "{}: {}", case.name, run.stderr);
        assert!(direct == engine, "{}: the pictures differ", case.name);
    }
}

#[test]
fn pictures_of_odd_sizes() {
    for case in CASES {
        for (size, expected) in [("301x77", (301, 77)), ("1x1", (1, 1))] {
            let (picture, _) = draw(case, "odd", &["--size", size], &[]);
            assert_eq!((picture.width, picture.height), expected, "{}", case.name);
        }
    }
}

#[test]
fn pictures_change_with_time_if_they_are_animated() {
    for case in CASES {
        let size = ["--size", "200x150"];
        let (first, _) = draw(case, "early", &size, &[]);
        let (later, _) = draw(case, "late", &[&size[..], &["--frames", "8"]].concat(), &[]);
        assert_eq!(first != later, case.moves, "{}", case.name);
    }
}

#[test]
fn the_faces_of_the_sky_meet_without_seams() {
    let case = CASES.iter().find(|case| case.name == "skybox").expect("it is a case");
    // So wide that it shows three faces, from 76 degrees on the left of the sun to 47 on the right.
    let (picture, _) = draw(case, "wide", &["--size", "1600x400"], &[]);
    // A texel is wider than a pixel, so a seam would be some pixels wide: columns are compared with those beyond it.
    for x in 0..1600 - 6 {
        let red = |x, y| picture.pixel(x, y)[0];
        let unlike = (0..150).filter(|&y| red(x, y).abs_diff(red(x + 6, y)) > 6).count();
        assert!(unlike < 50, "above the hills, {unlike} of 150 pixels change at column {x}");
    }
}

fn cube(picture: &Picture) {
    assert_eq!(picture.pixel(0, 0), [0x1b, 0x2a, 0x38, 0xff]);
    assert_eq!(picture.pixel(799, 599), [0x1b, 0x2a, 0x38, 0xff]);
    // The face that the lamp shines on has the texture's colours, cream and teal.
    let face = region(picture, 380..530, 220..340);
    assert!(share(&face, |[r, _, b]| r > 180 && b > 160) > 0.25, "cream is missing");
    assert!(share(&face, |[r, _, b]| r < 80 && b < 140) > 0.25, "teal is missing");
    // The cubes behind it, which are yellow, do not come through.
    let top = region(picture, 380..430, 140..180);
    assert!(share(&top, |[_, g, b]| g > b + 45) == 0.0, "the middle cube is not in front");
    // Hues go round in the ring: green is on the left, pink on the right.
    let reddish = |region: &[[u32; 3]]| share(region, |[r, g, _]| r > g);
    assert!(reddish(&region(picture, 40..120, 270..320)) == 0.0, "the left cube is not green");
    assert!(reddish(&region(picture, 690..760, 280..320)) > 0.3, "the right cube is not pink");
}

fn mipmaps(picture: &Picture) {
    // Far away, tiles are much smaller than pixels: without levels neighbours have unlike colours.
    let roughness = |columns: Range<u32>| {
        let rows = 215..230;
        let width = columns.len();
        let pixels = region(picture, columns, rows);
        let differences = pixels
            .chunks(width)
            .flat_map(|row| row.windows(2))
            .map(|pair| pair[0][1].abs_diff(pair[1][1]));
        f64::from(differences.sum::<u32>()) / pixels.len() as f64
    };
    let (without, with_levels) = (roughness(0..398), roughness(402..800));
    assert!(without > 8.0 * with_levels, "roughness {without} without levels, {with_levels} with");
    // Near by, the first level is as large as what is seen: both sides have the full contrast.
    for columns in [0..398, 402..800] {
        let near = region(picture, columns, 450..600);
        assert!(share(&near, |[r, _, b]| r > 220 && b > 200) > 0.2, "cream is missing");
        assert!(share(&near, |[r, _, _]| r < 80) > 0.1, "navy is missing");
    }
}

fn msaa_lines(picture: &Picture) {
    let background = [0x14, 0x16, 0x1f];
    // A circle of radius 276 around the middle, and nothing else.
    assert_eq!(region(picture, 400..401, 0..23), [background; 23]);
    assert_eq!(region(picture, 0..123, 300..301), [background; 123]);
    let outline = region(picture, 400..401, 22..28);
    assert!(outline.iter().any(|&pixel| pixel != background), "the circle has no upper end");
    // Here lines lie apart. Where all of their pixels' samples are hit they are brighter than 140, with one or two of
    // the four they are fainter.
    let apart = region(picture, 180..230, 200..400);
    let lines = apart.iter().copied().filter(|&pixel| pixel != background).collect::<Vec<_>>();
    let faint = share(&lines, |[_, green, _]| green < 125);
    assert!((0.3..0.8).contains(&faint), "{faint} of the pixels are hit in part");
}

fn storage_texture(picture: &Picture) {
    // Of z and -z the square is the same: the set is symmetric about the middle, to the last bit.
    for (x, y) in (0..300).flat_map(|y| (0..800).map(move |x| (x, y))) {
        assert_eq!(picture.pixel(x, y), picture.pixel(799 - x, 599 - y), "at ({x}, {y})");
    }
    // What is quickly outside is dark, what is long within is light.
    let [near, far] = [region(picture, 300..500, 250..350), region(picture, 0..60, 0..60)];
    assert!(share(&near, |[r, _, b]| r > 200 && r > b + 60) > 0.8, "the middle is not of gold");
    assert!(share(&far, |[r, g, _]| r < 40 && g < 90) == 1.0, "a corner is not dark");
    let all = region(picture, 0..800, 0..600);
    assert!(share(&all, |[_, _, b]| b > 200) > 0.005, "no point stays within");
}

fn boids(picture: &Picture) {
    let background = [0x10, 0x14, 0x1f];
    // 1200 darts of 43 pixels each that do not overlap yet, in a circle of radius 276.
    let all = region(picture, 0..800, 0..600);
    let covered = share(&all, |pixel| pixel != background);
    assert!((0.095..0.12).contains(&covered), "{covered} of the picture is covered by birds");
    assert_eq!(share(&region(picture, 0..115, 0..600), |pixel| pixel == background), 1.0);
    // The first bird is near the middle and flies to the left, which is cyan.
    assert!(share(&region(picture, 403..406, 299..301), |[r, g, b]| r < g && r < b) == 1.0);
    // All directions are there.
    for channel in 0..3 {
        assert!(share(&all, |pixel| pixel[channel] > 220) > 0.01, "a hue is missing: {channel}");
    }
}

fn render_to_texture(picture: &Picture) {
    let tile = |column: u32, row: u32| {
        let (x, y) = (200 * column, 200 * row);
        region(picture, x..x + 200, y..y + 200)
    };
    // Each of twelve tiles shows the same planet: the same pixels of it are background.
    let is_background = |tile: &[[u32; 3]]| tile.iter().map(|&pixel| pixel == tile[0]).collect();
    let planet: Vec<bool> = is_background(&tile(0, 0));
    let background = planet.iter().filter(|&&is| is).count();
    assert!((20_000..30_000).contains(&background), "{background} pixels of 40000 are background");
    for (column, row) in (0..3).flat_map(|row| (0..4).map(move |column| (column, row))) {
        let other: Vec<bool> = is_background(&tile(column, row));
        let unlike = planet.iter().zip(&other).filter(|(a, b)| a != b).count();
        assert!(unlike < 100, "{unlike} pixels of the tile ({column}, {row}) differ");
    }
    // Six sets of inks, which start again after six tiles.
    let corner = |index: u32| tile(index % 4, index / 4)[0];
    for (a, b) in (0..12).flat_map(|a| (0..12).map(move |b| (a, b))) {
        assert_eq!(corner(a) == corner(b), a % 6 == b % 6, "tiles {a} and {b}");
    }
}

fn shadow(picture: &Picture) {
    let ground = |x: u32, y: u32| region(picture, x - 3..x + 3, y - 3..y + 3);
    // The sun is on the left, and low: to the right of bodies the ground has only the light of the sky, which is blue.
    for (lit, shaded) in
        [((415, 430), (515, 430)), ((90, 440), (288, 443)), ((600, 520), (370, 352))]
    {
        let (lit, shaded) = (ground(lit.0, lit.1), ground(shaded.0, shaded.1));
        assert!(share(&lit, |[r, _, b]| r > 200 && r > b + 20) == 1.0, "not lit: {lit:?}");
        assert!(share(&shaded, |[r, _, b]| r < 140 && b > r) == 1.0, "not shaded: {shaded:?}");
    }
    // The ground that is far from all bodies has no shadow, nor stripes of its own.
    let free = region(picture, 100..700, 520..600);
    assert!(share(&free, |[r, _, _]| r > 210) == 1.0, "the ground shades itself");
}

fn skybox(picture: &Picture) {
    // The sun goes down on the right; nothing else is white, not even its image in the lake.
    let is_white = |[r, g, b]: [u32; 3]| r + g + b > 740;
    assert!(share(&region(picture, 550..580, 245..255), is_white) > 0.9, "the sun is missing");
    assert_eq!(share(&region(picture, 0..500, 200..600), is_white), 0.0);
    // The ball in the middle mirrors what is behind the viewer: blue night, above rose.
    assert!(share(&region(picture, 350..450, 260..320), |[r, _, b]| b > r + 20) > 0.95);
    // So the sky is rose around the ball, and the lake below.
    for rows in [180..240, 420..480] {
        let rose = share(&region(picture, 20..170, rows.clone()), |[r, g, _]| r > g + 20);
        assert!(rose > 0.95, "{rows:?}: only {rose} is rose");
    }
}

fn stencil(picture: &Picture) {
    // Discs of radius 1.12 in a grid of triangles with edges of length 1, which are 64.5 pixels.
    let discs = (-3..=3_i32).flat_map(|row| (-3..=3_i32).map(move |column| (column, row)));
    let discs: Vec<(f64, f64)> = discs
        .filter(|&(column, row)| (column + row).abs() <= 3)
        .map(|(column, row)| {
            let (column, row) = (f64::from(column), f64::from(row));
            (column + 0.5 * row, 0.75_f64.sqrt() * row)
        })
        .collect();
    assert_eq!(discs.len(), 37);
    let colors = [0x161a2b, 0x1f3a5f, 0x2f6f8f, 0xf2c14e, 0xf78154, 0xb4436c, 0xf9f1dc, 0x5fad56];

    // Every pixel that no edge comes near has the colour of the number of discs above it, darker away from the middle.
    let mut seen = [0; 8];
    for (x, y) in (0..600).flat_map(|y| (0..800).map(move |x| (x, y))) {
        let at = ((f64::from(x) - 399.5) / 64.5, (f64::from(y) - 299.5) / 64.5);
        let distances = discs.iter().map(|disc| (at.0 - disc.0).hypot(at.1 - disc.1) - 1.12);
        if distances.clone().any(|distance| distance.abs() < 0.03) {
            continue;
        }
        let count = distances.filter(|&distance| distance < 0.0).count();
        let light = 1.0
            - 0.25 * ((f64::from(x) / 399.5 - 1.0).powi(2) + (f64::from(y) / 299.5 - 1.0).powi(2));
        let expected = [16, 8, 0]
            .map(|shift| f64::from(colors[count] >> shift & 0xff) * light.powf(1.0 / 2.2));
        let drawn = picture.pixel(x, y);
        let fits = expected.iter().zip(drawn).all(|(e, d)| (e - f64::from(d)).abs() < 12.0);
        assert!(
            fits,
            "at ({x}, {y}) there are {count} discs, but {drawn:?} instead of {expected:?}"
        );
        seen[count] += 1;
    }
    assert!(seen.iter().all(|&pixels| pixels > 50), "not all counts are seen: {seen:?}");
}

fn mrt(picture: &Picture) {
    // The left shows colours as they are: the ring has one.
    let ring = region(picture, 235..265, 262..275);
    assert!(share(&ring, |pixel| pixel == ring[0] && pixel[0] > 240 && pixel[2] < 140) == 1.0);
    // Then normals: up is green, towards the viewer blue, to the right red.
    let normals = region(picture, 300..350, 400..560);
    for (axis, name) in ["right", "up", "towards the viewer"].iter().enumerate() {
        let is_axis = |pixel: [u32; 3]| {
            (0..3).all(|i| pixel[i].abs_diff(if i == axis { 255 } else { 128 }) < 4)
        };
        assert!(share(&normals, is_axis) > 0.02, "no surface looks {name}");
    }
    // Then distances: grey, the nearer the lighter.
    let distances = region(picture, 412..455, 300..590);
    let is_grey = |[r, g, b]: [u32; 3]| r == g && g == b;
    assert!(share(&distances, is_grey) > 0.9);
    assert!(picture.pixel(400, 570)[0] > picture.pixel(440, 330)[0] + 40);
    // In the light, the ring has no longer one colour, but bright and dark sides.
    let lit = region(picture, 535..585, 115..180);
    let gold = |from: u32, to: u32| share(&lit, |[r, g, b]| (from..to).contains(&r) && g > b + 30);
    assert!(gold(60, 160) > 0.02 && gold(230, 256) > 0.05, "the ring is not lit");
}

fn water(picture: &Picture) {
    // The sun and the snow on the mountain are white, the sky is warm, the deep sea is not.
    for (columns, rows) in [(70..95, 60..90), (385..410, 215..235)] {
        let white = share(&region(picture, columns, rows), |pixel| pixel.iter().all(|&c| c > 225));
        assert!(white > 0.9, "only {white} is white");
    }
    assert_eq!(share(&region(picture, 500..800, 20..180), |[r, _, b]| r > b), 1.0);
    assert_eq!(share(&region(picture, 650..800, 500..600), |[r, _, b]| r < b), 1.0);
    // The water mirrors the snow, so it is lighter there than beside.
    let red = |columns: Range<u32>| {
        let water = region(picture, columns, 500..530);
        water.iter().map(|pixel| pixel[0]).sum::<u32>() / water.len() as u32
    };
    assert!(red(380..470) > red(600..690) + 30, "{} and {}", red(380..470), red(600..690));
    // A line of foam goes along the shore.
    let foam = (200..650).filter(|&x| {
        share(&region(picture, x..x + 1, 395..435), |pixel| pixel.iter().all(|&c| c > 200)) > 0.0
    });
    assert!(foam.count() > 400, "there are gaps in the foam");
}

/// The colours of a rectangle.
fn region(picture: &Picture, columns: Range<u32>, rows: Range<u32>) -> Vec<[u32; 3]> {
    let pixels = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
    pixels.map(|(x, y)| picture.pixel(x, y)).map(|[r, g, b, _]| [r, g, b].map(u32::from)).collect()
}

/// Which part of the pixels, from 0 to 1, has such a colour.
fn share(pixels: &[[u32; 3]], is: impl Fn([u32; 3]) -> bool) -> f64 {
    pixels.iter().filter(|&&pixel| is(pixel)).count() as f64 / pixels.len() as f64
}
